/** Wakes one who waits. Without a signal that is made for each wait: thousands wait for as long as their callers stay. */
export class Wake {
  #isDue = false;
  #finish: (() => void) | undefined;

  /** What comes before the wait ends it at once. */
  call(): void {
    this.#isDue = true;
    this.#finish?.();
  }

  /** @returns whether it was called, and not the end of the time or of the caller */
  async wait(ms: number, gone: AbortSignal): Promise<boolean> {
    if (!this.#isDue && !gone.aborted) await this.#called(ms, gone);
    const wasDue = this.#isDue;
    this.#isDue = false;
    return wasDue;
  }

  #called(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', finish);
        this.#finish = undefined;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      gone.addEventListener('abort', finish, { once: true });
      this.#finish = finish;
    });
  }
}
