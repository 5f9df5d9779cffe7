import type { MetricEntry } from '../catalogue.ts';

/** One value of a metric as the registry gives it; of a histogram, a part of one. */
export interface MetricValue {
  value: number;
  labels: Readonly<Record<string, string | number>>;
  /** `NAME_bucket`, `NAME_sum` or `NAME_count` of a histogram. */
  metricName?: string;
}

type Attributes = { key: string; value: { stringValue: string } }[];

interface Point {
  attributes: Attributes;
  startTimeUnixNano?: string;
  timeUnixNano: string;
}

interface NumberPoint extends Point {
  asDouble: number;
}

interface HistogramPoint extends Point {
  count: string;
  sum: number;
  bucketCounts: string[];
  explicitBounds: number[];
}

/** As `opentelemetry/proto/metrics/v1/metrics.proto` has it, in OTLP's JSON encoding. */
export type OtlpMetric = { name: string; description: string; unit: string } & (
  | { gauge: { dataPoints: NumberPoint[] } }
  | { sum: { aggregationTemporality: 2; isMonotonic: true; dataPoints: NumberPoint[] } }
  | { histogram: { aggregationTemporality: 2; dataPoints: HistogramPoint[] } }
);

/** Since when what is counted has been counted, and when it was read: milliseconds since the epoch. */
export interface Span {
  startMs: number;
  nowMs: number;
}

/** One metric with everything that was counted since the start, or the level now. Those without a value are left out. */
export function otlpMetric(
  name: string,
  entry: MetricEntry,
  values: readonly MetricValue[],
  { startMs, nowMs }: Span,
): OtlpMetric | undefined {
  const common = { name, description: entry.help, unit: entry.unit };
  const time = { timeUnixNano: nanoseconds(nowMs) };
  const counted = { startTimeUnixNano: nanoseconds(startMs), ...time };
  if (values.length === 0) return undefined;
  if (entry.type === 'histogram') {
    const dataPoints = histogramPoints(name, values).map((point) => ({ ...counted, ...point }));
    return { ...common, histogram: { aggregationTemporality: 2, dataPoints } };
  }
  const points = (of: object) =>
    values.map(({ value, labels }) => ({
      ...of,
      ...time,
      attributes: attributesOf(labels),
      asDouble: value,
    }));
  return entry.type === 'gauge'
    ? { ...common, gauge: { dataPoints: points({}) } }
    : { ...common, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: points(counted) } };
}

/** Prometheus counts what is up to each bound, OpenTelemetry what is between two. */
function histogramPoints(
  name: string,
  values: readonly MetricValue[],
): Pick<HistogramPoint, 'attributes' | 'count' | 'sum' | 'bucketCounts' | 'explicitBounds'>[] {
  const series = new Map<
    string,
    { attributes: Attributes; sum: number; count: number; upTo: [number, number][] }
  >();
  for (const { metricName, value, labels } of values) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)));
    const one = series.get(key) ?? { attributes: attributesOf(others), sum: 0, count: 0, upTo: [] };
    series.set(key, one);
    if (metricName === `${name}_sum`) one.sum = value;
    else if (metricName === `${name}_count`) one.count = value;
    else if (le !== undefined && le !== '+Inf') one.upTo.push([Number(le), value]);
  }
  return [...series.values()].map(({ attributes, sum, count, upTo }) => {
    const sorted = upTo.sort(([a], [b]) => a - b);
    const counts = [...sorted.map(([, upToBound]) => upToBound), count];
    return {
      attributes,
      sum,
      count: String(count),
      explicitBounds: sorted.map(([bound]) => bound),
      bucketCounts: counts.map((upToBound, index) => String(upToBound - (counts[index - 1] ?? 0))),
    };
  });
}

function attributesOf(labels: Readonly<Record<string, string | number>>): Attributes {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: String(value) } }));
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
