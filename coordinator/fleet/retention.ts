import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { shorterThan, type Retention } from '../core/retention.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds between two rounds. */
const interval = 300_000;
/** Instances, or thousands of rows, in one transaction: whoever asks for an instance waits for no more than this. */
const instancesAtOnce = 25;
const rowsAtOnce = 1_000;
/** A store that is too large is brought so far below its limit, so that it is not too large again at once. */
const target = 0.95;

export interface RetentionOptions {
  retention: Retention;
  /** What the store may hold, in bytes; absent for no limit. */
  keepBytes?: number;
  isConnected: (instanceId: string) => boolean;
}

/** Keeps the store from growing for ever, in small steps beside everything else, until the signal aborts. */
export async function runRetention(
  store: Store,
  options: RetentionOptions,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(interval, signal);
    if (signal.aborted) return;
    const { removed, keptMs, isTooLarge } = await retain(store, options, Date.now(), signal);
    if (removed > 0) logger.debug({ count: removed }, 'old telemetry joined and removed');
    const { keepBytes } = options;
    if (keptMs < options.retention.timeline)
      logger.warn({ keepBytes, hours: Math.round(keptMs / 3_600_000) }, 'store kept less, for its size');
    if (isTooLarge)
      logger.error(
        { keepBytes, bytes: store.size() },
        'store is larger than allowed, and has nothing to remove',
      );
  }
}

/**
 * One round: what is too old, and then, while the store is too large, the oldest that is left.
 * @param now milliseconds since the epoch
 * @returns how much there was to do, instances and rows; how long things are kept in the end, in milliseconds; and
 *   whether the store is too large all the same
 */
export async function retain(
  store: Store,
  { retention, keepBytes = Number.POSITIVE_INFINITY, isConnected }: RetentionOptions,
  now: number,
  signal: AbortSignal,
): Promise<{ removed: number; keptMs: number; isTooLarge: boolean }> {
  const round = new Round(store, isConnected, now, signal);
  await round.join(retention);
  await round.remove(retention);
  let keptMs = retention.timeline;
  if (store.size() > keepBytes)
    for (const shorter of shorterThan(retention)) {
      if (signal.aborted || store.size() <= keepBytes * target) break;
      await round.remove(shorter);
      keptMs = shorter.timeline;
    }
  return { removed: round.removed, keptMs, isTooLarge: store.size() > keepBytes };
}

class Round {
  removed = 0;
  readonly #store: Store;
  readonly #isConnected: RetentionOptions['isConnected'];
  readonly #now: number;
  readonly #signal: AbortSignal;

  constructor(store: Store, isConnected: RetentionOptions['isConnected'], now: number, signal: AbortSignal) {
    this.#store = store;
    this.#isConnected = isConnected;
    this.#now = now;
    this.#signal = signal;
  }

  async join({ joins }: Retention): Promise<void> {
    for (const { after, stretch } of joins) {
      const shorter = [0, ...joins.map((join) => join.stretch)].filter((one) => one < stretch);
      for (const from of shorter)
        await this.#all(() => this.#store.samples.join(this.#now - after, stretch, from, instancesAtOnce));
    }
  }

  async remove({ samples, timeline, instances }: Retention): Promise<void> {
    const { samples: sampled, reports, events, instances: known, assignments } = this.#store;
    const [now, all] = [this.#now, this.#all.bind(this)];
    await all(() => sampled.removeBefore(now - samples, rowsAtOnce));
    await all(() => reports.removeBefore(now - timeline, rowsAtOnce));
    await all(() => reports.removeBoots(now - instances, rowsAtOnce));
    await all(() => events.removeBefore(now - timeline, rowsAtOnce));
    await all(() => assignments.removeOver(now - instances, rowsAtOnce));
    await all(() => known.removeOver(now - instances, instancesAtOnce, this.#isConnected));
  }

  async #all(step: () => number): Promise<void> {
    for (let count = step(); count > 0 && !this.#signal.aborted; count = step()) {
      this.removed += count;
      await turn();
    }
  }
}
