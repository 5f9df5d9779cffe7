/** Counts what happened within a window of time that moves. */
export class RecentCount {
  readonly #window: number;
  #times: number[] = [];

  /** @param window in the clock's unit */
  constructor(window: number) {
    this.#window = window;
  }

  /** @param more that happened now. @returns how many there were within the window */
  count(more: number, now: number): number {
    this.#times = [...this.#times, ...Array.from({ length: more }, () => now)].filter(
      (at) => now - at < this.#window,
    );
    return this.#times.length;
  }
}
