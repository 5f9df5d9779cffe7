import { pause } from '../../proto/process/tasks.ts';

/** Milliseconds' worth that may pass at once. */
const burst = 1_000;

/** Keeps a stream within so many bytes a second, by letting it wait: its sender is then held back too. */
export class Pace {
  readonly #bytesPerMs: number;
  /** When everything that has passed would have passed at an even pace. */
  #due = -Infinity;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** Takes note of what has passed, and resolves when more may. */
  async passed(bytes: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#due = Math.max(this.#due, now - burst) + bytes / this.#bytesPerMs;
    if (this.#due > now) await pause(this.#due - now, signal);
  }
}
