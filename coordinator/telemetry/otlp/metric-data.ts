import { ValueType, type HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricReading, MetricValue } from '../metrics.ts';

type Labels = MetricValue['labels'];

/** When counting started, and when the values were read. */
export interface Period {
  startTime: HrTime;
  endTime: HrTime;
}

/** The SDK's form of one metric, with one data point for each combination of labels. */
export function metricData({ name, entry, values }: MetricReading, period: Period): MetricData {
  const common = {
    descriptor: { name, description: entry.help, unit: entry.unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (entry.type === 'histogram')
    return {
      ...common,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: histogramPoints(name, values).map((point) => ({ ...period, ...point })),
    };
  const dataPoints = values.map(({ value, labels }) => ({
    ...period,
    value,
    attributes: attributesOf(labels),
  }));
  return entry.type === 'gauge'
    ? { ...common, dataPointType: DataPointType.GAUGE, dataPoints }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

interface Histogram {
  buckets: { boundaries: number[]; counts: number[] };
  sum: number;
  count: number;
}

/** Prometheus counts what is up to each bound, OpenTelemetry what is between two. */
function histogramPoints(
  name: string,
  values: readonly MetricValue[],
): Pick<DataPoint<Histogram>, 'attributes' | 'value'>[] {
  const series = new Map<string, { labels: Labels; sum: number; count: number; upTo: [number, number][] }>();
  for (const { metricName, value, labels } of values) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)));
    const one = series.get(key) ?? { labels: others, sum: 0, count: 0, upTo: [] };
    series.set(key, one);
    if (metricName === `${name}_sum`) one.sum = value;
    else if (metricName === `${name}_count`) one.count = value;
    else if (le !== undefined && le !== '+Inf') one.upTo.push([Number(le), value]);
  }
  return [...series.values()].map(({ labels, sum, count, upTo }) => {
    const sorted = upTo.sort(([a], [b]) => a - b);
    const cumulative = [...sorted.map(([, upToBound]) => upToBound), count];
    const counts = cumulative.map((upToBound, index) => upToBound - (cumulative[index - 1] ?? 0));
    const boundaries = sorted.map(([bound]) => bound);
    return { attributes: attributesOf(labels), value: { buckets: { boundaries, counts }, sum, count } };
  });
}

function attributesOf(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
