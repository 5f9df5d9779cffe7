/** Wakes whoever waits for something to change. The store is the truth: a wake-up only says "look again". */
export class Changes {
  readonly #waiters = new Set<() => void>();
  readonly #watchers = new Set<(instanceId: string) => void>();

  /** Something about an instance or its assignment changed. */
  notify(instanceId: string): void {
    for (const wake of this.#waiters) wake();
    for (const watch of this.#watchers) watch(instanceId);
  }

  /** Resolves at the next change, or after `ms` milliseconds. */
  next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiters.add(wake);
    });
  }

  /** @returns stops watching */
  watch(watcher: (instanceId: string) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}
