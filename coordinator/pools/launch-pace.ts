/** What may be used at once, and what comes back in a second. */
interface Bucket {
  size: number;
  refill: number;
}

/** EC2's default limits of RunInstances, for calls and for machines. */
const defaults = { calls: { size: 5, refill: 2 }, machines: { size: 1000, refill: 2 } };

/**
 * Keeps launches within EC2's limits, so that it need not refuse them. A call that was throttled all the same halves the
 * pace, which recovers with every call that passes.
 */
export class LaunchPace {
  readonly #now: () => number;
  readonly #limits: { calls: Bucket; machines: Bucket };
  readonly #left: { calls: number; machines: number };
  #at: number;
  #speed = 1;

  /** @param now milliseconds on a clock that never jumps */
  constructor(now: () => number, limits: { calls: Bucket; machines: Bucket } = defaults) {
    this.#now = now;
    this.#limits = limits;
    this.#left = { calls: limits.calls.size, machines: limits.machines.size };
    this.#at = now();
  }

  /**
   * Takes what a call of so many machines needs.
   * @returns 0 when it may be made now; otherwise nothing is taken, and it is the milliseconds to wait before asking again
   */
  take(machines: number): number {
    this.#fill();
    const { calls, machines: all } = this.#left;
    const missing = Math.max(
      (1 - calls) / this.#limits.calls.refill,
      (Math.min(machines, this.#limits.machines.size) - all) / this.#limits.machines.refill,
    );
    if (missing > 0) return Math.ceil((missing / this.#speed) * 1000);
    this.#left.calls -= 1;
    this.#left.machines -= machines;
    return 0;
  }

  passed(): void {
    this.#speed = Math.min(1, this.#speed + 0.1);
  }

  throttled(): void {
    this.#speed = Math.max(1 / 16, this.#speed / 2);
    this.#left.calls = Math.min(this.#left.calls, 0);
  }

  #fill(): void {
    const now = this.#now();
    const seconds = (Math.max(0, now - this.#at) / 1000) * this.#speed;
    this.#at = now;
    for (const kind of ['calls', 'machines'] as const) {
      const { size, refill } = this.#limits[kind];
      this.#left[kind] = Math.min(size, this.#left[kind] + seconds * refill);
    }
  }
}
