import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { shorterThan, type Retention } from '../core/retention.ts';
import type { PreviewUseCases } from '../store/previews.ts';
import type { RouteUseCases } from '../store/routes.ts';
import type { TrustUseCases } from '../store/trust.ts';
import type { UpkeepUseCases } from '../store/upkeep.ts';

/** Milliseconds between two rounds. */
const interval = 300_000;
/** Instances, or thousands of rows, in one transaction: whoever asks for an instance waits for no more than this. */
const instancesAtOnce = 25;
const rowsAtOnce = 1_000;
/** A store that is too large is brought so far below its limit, so that it is not too large again at once. */
const target = 0.95;

/** Milliseconds for which a name that was withdrawn is kept, so that every publisher learns of it. */
const withdrawnRoutes = 86_400_000;

/** Milliseconds for which a preview that is over is kept, and the name of a delivery. GitHub sends none again after 3 days. */
const endedPreviews = 7 * 86_400_000;

type RetainedStore = UpkeepUseCases &
  Pick<PreviewUseCases, 'removePreviews'> &
  Pick<TrustUseCases, 'removeTrust'> &
  Pick<RouteUseCases, 'removeRoutes'>;

export interface RetentionOptions {
  retention: Retention;
  /** What the store may hold, in bytes; absent for no limit. */
  keepBytes?: number;
}

/** Keeps the store from growing for ever, in small steps beside everything else, until the signal aborts. */
export async function runRetention(
  store: RetainedStore,
  options: RetentionOptions,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(interval, signal);
    if (signal.aborted) return;
    try {
      const { removed, keptMs, isTooLarge } = await retain(store, options, Date.now(), signal);
      if (removed > 0) logger.debug({ count: removed }, 'old telemetry joined and removed');
      const { keepBytes } = options;
      if (keptMs < options.retention.timeline)
        logger.warn({ keepBytes, hours: Math.round(keptMs / 3_600_000) }, 'store kept less, for its size');
      if (isTooLarge)
        logger.error(
          { keepBytes, bytes: await store.size() },
          'store is larger than allowed, and has nothing to remove',
        );
    } catch (cause) {
      // The next round finds the same work.
      logger.error({ err: cause }, 'cannot remove what is too old');
    }
  }
}

/**
 * One round: what is too old, and then, while the store is too large, the oldest that is left.
 * @param now milliseconds since the epoch
 * @returns how much there was to do, instances and rows; how long things are kept in the end, in milliseconds; and
 *   whether the store is too large all the same
 */
export async function retain(
  store: RetainedStore,
  { retention, keepBytes = Number.POSITIVE_INFINITY }: RetentionOptions,
  now: number,
  signal: AbortSignal,
): Promise<{ removed: number; keptMs: number; isTooLarge: boolean }> {
  const round = new Round(store, now, signal);
  await round.join(retention);
  await round.remove(retention);
  let keptMs = retention.timeline;
  if ((await store.size()) > keepBytes)
    for (const shorter of shorterThan(retention)) {
      if (signal.aborted || (await store.size()) <= keepBytes * target) break;
      await round.remove(shorter);
      keptMs = shorter.timeline;
    }
  return { removed: round.removed, keptMs, isTooLarge: (await store.size()) > keepBytes };
}

class Round {
  removed = 0;
  readonly #store: RetainedStore;
  readonly #now: number;
  readonly #signal: AbortSignal;

  constructor(store: RetainedStore, now: number, signal: AbortSignal) {
    this.#store = store;
    this.#now = now;
    this.#signal = signal;
  }

  async join({ joins }: Retention): Promise<void> {
    for (const { after, stretch } of joins) {
      const shorter = [0, ...joins.map((join) => join.stretch)].filter((one) => one < stretch);
      for (const from of shorter)
        await this.#all(() => this.#store.joinSamples(this.#now - after, stretch, from, instancesAtOnce));
    }
  }

  async remove({ samples, timeline, instances, usage }: Retention): Promise<void> {
    const [store, now] = [this.#store, this.#now];
    await this.#all(() => store.removeSamples(now - samples, rowsAtOnce));
    await this.#all(() => store.removeSpans(now - timeline, rowsAtOnce));
    await this.#all(() => store.removeBoots(now - instances, rowsAtOnce));
    await this.#all(() => store.removeEvents(now - timeline, rowsAtOnce));
    await this.#all(() => store.removeAssignments(now - instances, rowsAtOnce));
    await this.#all(() => store.removeInstances(now - instances, instancesAtOnce));
    await this.#all(() => store.removeUsage(now - usage, rowsAtOnce));
    await this.#all(() => store.removeTrust(now - instances, rowsAtOnce));
    await this.#all(() => store.removeRoutes(now - withdrawnRoutes, rowsAtOnce));
    await this.#all(() => store.removePreviews(now - endedPreviews, rowsAtOnce));
  }

  async #all(step: () => Promise<number>): Promise<void> {
    for (let count = await step(); count > 0 && !this.#signal.aborted; count = await step())
      this.removed += count;
  }
}
