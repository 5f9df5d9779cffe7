import { ParbakeError } from '../../proto/errors/errors.ts';

/** Check-ins that are with the store at a time: enough for its flushes to be shared, few enough for others to get between. */
const atOnce = 32;
/** Milliseconds that a check-in waits at most. Its agent gives up after ten seconds, and then all of it was in vain. */
const patience = 5_000;
/** Weight of the newest measurement, in an average over the last ones. */
const weight = 0.05;
/** Milliseconds that an agent waits at least before it asks again. */
const soonest = 1_000;

interface Waiting {
  begin: () => void;
}

/**
 * Lets check-ins through as fast as the store takes them, in the order in which they came. Whoever would wait too long is told
 * when to ask again, and whoever has gone costs the store nothing: after a restart all of a fleet comes back at once.
 */
export class Admission {
  readonly #atOnce: number;
  readonly #patience: number;
  readonly #random: () => number;
  readonly #waiting = new Set<Waiting>();
  #busy = 0;
  /** Milliseconds from the end of one to the end of the next, while others wait. */
  #interval = 1;
  #lastEnd: number | undefined;

  constructor({ limit = atOnce, maxWaitMs = patience, random = Math.random } = {}) {
    this.#atOnce = limit;
    this.#patience = maxWaitMs;
    this.#random = random;
  }

  /**
   * @param leftMs until the agent gives up
   * @param gone aborts when the agent goes sooner
   * @throws ParbakeError COORDINATOR_BUSY with the time until it is worth another try, INTERRUPTED
   */
  async admit<T>(leftMs: number, gone: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#atOnce) await this.#turn(leftMs, gone);
    else this.#busy += 1;
    try {
      if (gone.aborted) throw new ParbakeError('INTERRUPTED', 'the agent has gone');
      return await work();
    } finally {
      this.#end();
    }
  }

  /** Resolves with a place among those that are with the store. */
  async #turn(leftMs: number, gone: AbortSignal): Promise<void> {
    const expected = (this.#waiting.size + 1) * this.#interval;
    if (expected > Math.min(leftMs / 2, this.#patience)) throw this.#refusal(expected);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        reject(new ParbakeError('INTERRUPTED', 'the agent has gone'));
      };
      const waiting = {
        begin: () => {
          gone.removeEventListener('abort', leave);
          resolve();
        },
      };
      if (gone.aborted) return leave();
      this.#waiting.add(waiting);
      gone.addEventListener('abort', leave, { once: true });
    });
  }

  /** Those that are refused at the same moment do not come back at the same moment. */
  #refusal(expected: number): ParbakeError {
    const retryAfterMs = Math.ceil(Math.max(soonest, expected) * (1 + this.#random()));
    return new ParbakeError(
      'COORDINATOR_BUSY',
      `${this.#waiting.size} other check-ins wait: ask again in ${Math.ceil(retryAfterMs / 1000)} s`,
      { retryAfterMs },
    );
  }

  #end(): void {
    const now = performance.now();
    // Nothing is learnt from the time in which nobody waited.
    if (this.#lastEnd !== undefined && this.#waiting.size > 0)
      this.#interval += weight * (now - this.#lastEnd - this.#interval);
    this.#lastEnd = now;
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#busy -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.begin();
  }
}
