/** Wakes whoever waits for something to change. The store is the truth: a wake-up only says "look again". */
export class Changes {
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #watchers = new Set<(instanceId: string) => void>();

  /** Something about an instance changed, or about an assignment. */
  notify({ instanceId, assignmentId }: { instanceId?: string; assignmentId?: string }): void {
    if (assignmentId !== undefined) for (const wake of this.#waiters.get(assignmentId) ?? []) wake();
    if (instanceId !== undefined && instanceId !== '') for (const watch of this.#watchers) watch(instanceId);
  }

  /** Resolves at the next change of an assignment, after `ms` milliseconds, or when the signal aborts. */
  next(assignmentId: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(assignmentId) ?? new Set();
      this.#waiters.set(assignmentId, waiters);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiters.delete(assignmentId);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      waiters.add(wake);
    });
  }

  /** @returns stops watching */
  watch(watcher: (instanceId: string) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}
