import { pause } from '../../proto/process/tasks.ts';

export interface PaceOptions {
  /** Bytes, messages or whatever is counted, on average. */
  perSecond: number;
  /** How much may pass at once after a rest. */
  burst: number;
}

/** Keeps a sender within a rate, by letting it wait. */
export class Pace {
  readonly #perMs: number;
  /** Milliseconds' worth that may pass at once. */
  readonly #rest: number;
  /** When everything that has passed would have passed at an even pace. */
  #due = -Infinity;

  constructor({ perSecond, burst }: PaceOptions) {
    this.#perMs = perSecond / 1000;
    this.#rest = burst / this.#perMs;
  }

  /** Milliseconds until more may pass. */
  get wait(): number {
    return Math.max(0, this.#due - performance.now());
  }

  /** Whether as much may pass at once as if nothing had ever passed. */
  get isRested(): boolean {
    return this.#due <= performance.now() - this.#rest;
  }

  /** Takes note of what has passed. @returns milliseconds until more may */
  note(amount: number): number {
    this.#due = Math.max(this.#due, performance.now() - this.#rest) + amount / this.#perMs;
    return this.wait;
  }

  /** Waits until more may pass, and then takes note of it: those who wait at the same time pass one after the other. */
  async turn(amount: number, signal: AbortSignal): Promise<void> {
    while (this.wait > 0 && !signal.aborted) await pause(this.wait, signal);
    this.note(amount);
  }

  /** Takes note of what has passed, and resolves when more may. */
  async passed(amount: number, signal: AbortSignal): Promise<void> {
    const wait = this.note(amount);
    if (wait > 0) await pause(wait, signal);
  }
}
