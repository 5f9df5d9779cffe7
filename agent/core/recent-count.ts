/** Counts events within a sliding window of time. */
export class RecentCount {
  readonly #window: number;
  #times: number[] = [];

  /** @param window in the clock's unit */
  constructor(window: number) {
    this.#window = window;
  }

  /** @param more events that happened now. @returns the number within the window */
  count(more: number, now: number): number {
    this.#times = [...this.#times, ...Array.from({ length: more }, () => now)].filter(
      (at) => now - at < this.#window,
    );
    return this.#times.length;
  }
}
