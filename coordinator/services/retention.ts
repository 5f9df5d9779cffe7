import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Retention } from '../core/retention.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds between two rounds. */
const interval = 300_000;
/** Instances, or thousands of rows, in one transaction: whoever asks for an instance waits for no more than this. */
const instancesAtOnce = 10;
const rowsAtOnce = 1_000;

/** Keeps the store from growing for ever, in small steps beside everything else, until the signal aborts. */
export async function runRetention(
  store: Store,
  retention: Retention,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(interval, signal);
    if (signal.aborted) return;
    const removed = await retain(store, retention, Date.now(), signal);
    if (removed > 0) logger.debug({ count: removed }, 'old telemetry joined and removed');
  }
}

/**
 * One round.
 * @param now milliseconds since the epoch
 * @returns how much there was to do: instances and rows
 */
export async function retain(
  store: Store,
  retention: Retention,
  now: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  const all = async (step: () => number): Promise<void> => {
    for (let count = step(); count > 0 && !signal.aborted; count = step()) {
      removed += count;
      await turn();
    }
  };
  for (const { after, stretch } of retention.joins) {
    const shorter = [0, ...retention.joins.map((join) => join.stretch)].filter((one) => one < stretch);
    for (const from of shorter)
      await all(() => store.samples.join(now - after, stretch, from, instancesAtOnce));
  }
  await all(() => store.samples.removeBefore(now - retention.samples, rowsAtOnce));
  await all(() => store.reports.removeBefore(now - retention.timeline, rowsAtOnce));
  await all(() => store.events.removeBefore(now - retention.timeline, rowsAtOnce));
  await all(() => store.instances.removeOver(now - retention.instances, instancesAtOnce));
  return removed;
}
