import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../proto/process/log.ts';
import { aborted, type Task } from '../../../proto/process/tasks.ts';
import { packageVersion } from '../../../proto/process/version.ts';
import type { Levels, Metrics } from '../metrics.ts';
import { withoutPassword, type OtlpTargets } from './otlp-options.ts';
import type { Traces } from './traces.ts';

/** Sends traces and metrics to an OpenTelemetry collector, where one is configured. */
export class Otlp {
  readonly traces: Traces | undefined;
  readonly #targets: OtlpTargets;
  readonly #metrics: Metrics;
  readonly #resource: Readonly<Record<string, string>>;

  private constructor(
    targets: OtlpTargets,
    metrics: Metrics,
    resource: Readonly<Record<string, string>>,
    traces: Traces | undefined,
  ) {
    this.#targets = targets;
    this.#metrics = metrics;
    this.#resource = resource;
    this.traces = traces;
  }

  /** Loads the libraries for traces only if there is a target for them. */
  static async start(targets: OtlpTargets, metrics: Metrics, logger: Logger): Promise<Otlp> {
    const version = packageVersion();
    // Each process is a series of its own, since its counters start at 0.
    const own = { 'service.version': version, 'service.instance.id': randomUUID() };
    const resource = { 'service.name': 'parbake-coordinator', ...targets.resource, ...own };
    const { traces: target } = targets;
    if (target === undefined) return new Otlp(targets, metrics, resource, undefined);
    const { Traces } = await import('./traces.ts');
    let isRefused = false;
    const count = (result: string, spans: number): void => {
      metrics.exported(result, spans);
      if (result !== 'sent' && result !== 'refused') return;
      // It is logged once, however long it lasts.
      if (result === 'refused' && !isRefused)
        logger.warn({ url: withoutPassword(target.url), count: spans }, 'collector did not take spans');
      if (result === 'sent' && isRefused) logger.info('collector takes spans again');
      isRefused = result === 'refused';
    };
    return new Otlp(targets, metrics, resource, new Traces({ target, resource, version, count }));
  }

  /** Sends metrics as long as it runs. @param read what is a level at that moment */
  task(read: () => Promise<Levels>, logger: Logger): Task {
    const { metrics: target, intervalMs } = this.#targets;
    if (target === undefined) return aborted;
    const [resource, metrics] = [this.#resource, this.#metrics];
    return async (signal) => {
      const { exportMetrics } = await import('./metrics-export.ts');
      await exportMetrics(
        {
          target,
          intervalMs,
          resource,
          version: packageVersion(),
          logger,
          read: async () => await metrics.read(await read()),
          count: (result) => metrics.pushed(result),
        },
        signal,
      );
    };
  }

  /** Sends what waits, for a moment. */
  async close(): Promise<void> {
    await this.traces?.close();
  }
}
