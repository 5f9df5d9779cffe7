import type { Logger } from '../../../proto/process/log.ts';
import { pause } from '../../../proto/process/tasks.ts';
import type { OtlpMetric } from './otlp-metrics.ts';
import { withoutPassword, type OtlpTarget } from './otlp-options.ts';
import { OtlpPost } from './otlp-post.ts';

export interface MetricsExportOptions {
  target: OtlpTarget;
  intervalMs: number;
  /** Of this process. */
  resource: Readonly<Record<string, string>>;
  version: string;
  /** Everything as it is now. */
  read: () => Promise<OtlpMetric[]>;
  count: (result: 'sent' | 'refused') => void;
  logger: Logger;
}

/** For the last export, when the process ends. Milliseconds. */
const lastDeadline = 2_000;

/**
 * Sends all metrics to an OpenTelemetry collector until the signal aborts, and once more then. One request at a time and
 * nothing kept for later: what is counted is counted since the start, so that the next export says what a lost one would
 * have said. Never fails.
 */
export async function exportMetrics(options: MetricsExportOptions, signal: AbortSignal): Promise<void> {
  const { target, intervalMs, logger, count } = options;
  const post = new OtlpPost(target);
  let isRefused = false;
  const send = async (until: AbortSignal): Promise<void> => {
    try {
      const rejected = await post.send(messageOf(await options.read(), options), until);
      if (rejected !== '') throw new Error(rejected);
      count('sent');
      if (isRefused) logger.info('collector takes metrics again');
      isRefused = false;
    } catch (cause) {
      // The process ends: the last export says it all.
      if (until === signal && signal.aborted) return;
      count('refused');
      // Once, and not each time as long as it lasts.
      if (!isRefused)
        logger.warn({ err: cause, url: withoutPassword(target.url) }, 'collector did not take metrics');
      isRefused = true;
    }
  };
  while (!signal.aborted) {
    await pause(intervalMs, signal);
    if (!signal.aborted) await send(signal);
  }
  if (!isRefused) await send(AbortSignal.timeout(lastDeadline));
  post.close();
}

function messageOf(metrics: OtlpMetric[], { resource, version }: MetricsExportOptions): object {
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const scopeMetrics = [{ scope: { name: 'parbake', version }, metrics }];
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics }] };
}
