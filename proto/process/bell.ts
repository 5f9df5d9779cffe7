import { pause } from './tasks.ts';

/** Wakes one loop. A ring while nobody waits is kept. */
export class Bell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  /** Resolves after `ms` milliseconds, once it is rung, or when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, AbortSignal.any([signal, this.#rung.signal]));
    this.#rung = new AbortController();
  }
}
