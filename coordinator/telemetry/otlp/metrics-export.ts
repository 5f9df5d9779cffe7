import { ExportResultCode, millisToHrTime } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricProducer,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { Logger } from '../../../proto/process/log.ts';
import { aborted } from '../../../proto/process/tasks.ts';
import type { MetricReading } from '../metrics.ts';
import { exporterOptions } from './exporter-options.ts';
import { metricData } from './metric-data.ts';
import { withoutPassword, type OtlpTarget } from './otlp-options.ts';

export interface MetricsExportOptions {
  target: OtlpTarget;
  intervalMs: number;
  /** What describes this process. */
  resource: Readonly<Record<string, string>>;
  version: string;
  /** Reads every metric that has a value. */
  read: () => Promise<MetricReading[]>;
  count: (result: 'sent' | 'refused') => void;
  logger: Logger;
}

/** For the last export, when the process ends. Milliseconds. */
const lastDeadline = 2_000;

/**
 * Sends all metrics to an OpenTelemetry collector until the signal aborts, and once more then. Nothing is queued: counters
 * count from the start of the process, so the next export makes up for a lost one. Never fails.
 */
export async function exportMetrics(options: MetricsExportOptions, signal: AbortSignal): Promise<void> {
  const { target, intervalMs } = options;
  const reader = new PeriodicExportingMetricReader({
    exporter: new CountedExporter(options, signal),
    exportIntervalMillis: intervalMs,
    // The SDK refuses a timeout that is longer than the interval.
    exportTimeoutMillis: Math.min(target.timeoutMs, intervalMs),
    metricProducers: [producerOf(options)],
  });
  // It gives the reader its resource and runs it; instruments of its own it has none.
  const provider = new MeterProvider({
    resource: resourceFromAttributes(options.resource),
    readers: [reader],
  });
  await aborted(signal);
  // It rejects when the last export takes too long, which the exporter has counted or nobody waits for any more.
  await provider.shutdown({ timeoutMillis: lastDeadline }).catch(() => {});
}

/** Reads the metrics where they are counted, so `/metrics` and the collector see the same values. */
function producerOf({ read, resource, version, logger }: MetricsExportOptions): MetricProducer {
  const startTime = millisToHrTime(performance.timeOrigin);
  return {
    async collect() {
      const result = { resource: resourceFromAttributes(resource), scopeMetrics: [] };
      try {
        const readings = await read();
        const period = { startTime, endTime: millisToHrTime(Date.now()) };
        const metrics = readings.map((reading) => metricData(reading, period));
        const scopeMetrics = [{ scope: { name: 'parbake', version }, metrics }];
        return { resourceMetrics: { ...result, scopeMetrics }, errors: [] };
      } catch (cause) {
        logger.error({ err: cause }, 'cannot read metrics');
        return { resourceMetrics: result, errors: [cause] };
      }
    },
  };
}

/** Counts what becomes of each export, and logs only when that changes. */
class CountedExporter implements PushMetricExporter {
  readonly #exporter: OTLPMetricExporter;
  readonly #options: MetricsExportOptions;
  readonly #ending: AbortSignal;
  #isRefused = false;

  /** @param ending aborts when only the last export is still to come */
  constructor(options: MetricsExportOptions, ending: AbortSignal) {
    this.#exporter = new OTLPMetricExporter(exporterOptions(options.target));
    this.#options = options;
    this.#ending = ending;
  }

  export(...[metrics, done]: Parameters<PushMetricExporter['export']>): void {
    // The process does not wait at its end for a collector that is down.
    if (this.#isRefused && this.#ending.aborted) return done({ code: ExportResultCode.FAILED });
    return this.#exporter.export(metrics, (result) => {
      this.#count(result.code === ExportResultCode.SUCCESS, result.error);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #count(isSent: boolean, cause: Error | undefined): void {
    const { count, logger, target } = this.#options;
    count(isSent ? 'sent' : 'refused');
    if (!isSent && !this.#isRefused)
      logger.warn({ err: cause, url: withoutPassword(target.url) }, 'collector did not take metrics');
    if (isSent && this.#isRefused) logger.info('collector takes metrics again');
    this.#isRefused = !isSent;
  }
}
