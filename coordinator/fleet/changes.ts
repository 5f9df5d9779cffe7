import type { Assignment } from '../core/model.ts';
import { alone, type Peers } from '../store/peers.ts';

/** One who waits for an assignment to change. */
export interface Subscription {
  /**
   * The assignment as of the last change that was not looked at yet, or as of the next one.
   * @returns undefined after `ms` milliseconds without a change, or when the signal aborts
   */
  next(ms: number, signal: AbortSignal): Promise<Assignment | undefined>;
  close(): void;
}

/** Wakes whoever waits for something to change. The store is the truth: who is not woken looks again after a while. */
export class Changes {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #watchers = new Set<(instanceId: string) => void>();
  readonly #routeWatchers = new Set<() => void>();
  readonly #peers: Pick<Peers, 'tell'>;

  /** @param peers other coordinators, who are told what this one changes */
  constructor(peers: Pick<Peers, 'tell'> = alone) {
    this.#peers = peers;
  }

  /** An instance changed, or what is said about it. */
  instanceChanged(instanceId: string): void {
    if (instanceId === '') return;
    this.instanceHeard(instanceId);
    this.#peers.tell({ instances: [instanceId] });
  }

  /** @param assignment as it was committed */
  assignmentChanged(assignment: Assignment): void {
    this.assignmentHeard(assignment);
    this.#peers.tell({ assignments: [assignment.assignmentId] });
  }

  /** Another coordinator changed an instance. */
  instanceHeard(instanceId: string): void {
    for (const watch of this.#watchers) watch(instanceId);
  }

  /** Whether anybody here waits for an assignment to change. */
  isAwaited(assignmentId: string): boolean {
    return this.#subscribers.has(assignmentId);
  }

  /** Another coordinator changed an assignment. */
  assignmentHeard(assignment: Assignment): void {
    for (const subscriber of this.#subscribers.get(assignment.assignmentId) ?? [])
      subscriber.tell(assignment);
  }

  /** Some route may have changed. */
  routesChanged(): void {
    for (const watch of this.#routeWatchers) watch();
  }

  /** @returns stops watching */
  watchRoutes(watcher: () => void): () => void {
    this.#routeWatchers.add(watcher);
    return () => void this.#routeWatchers.delete(watcher);
  }

  subscribe(assignmentId: string): Subscription {
    const all = this.#subscribers.get(assignmentId) ?? new Set();
    this.#subscribers.set(assignmentId, all);
    const subscriber = new Subscriber(() => {
      all.delete(subscriber);
      if (all.size === 0 && this.#subscribers.get(assignmentId) === all)
        this.#subscribers.delete(assignmentId);
    });
    all.add(subscriber);
    return subscriber;
  }

  /** @returns stops watching */
  watch(watcher: (instanceId: string) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}

class Subscriber implements Subscription {
  readonly close: () => void;
  #newest: Assignment | undefined;
  #wake: (() => void) | undefined;

  constructor(close: () => void) {
    this.close = close;
  }

  tell(assignment: Assignment): void {
    this.#newest = assignment;
    this.#wake?.();
  }

  async next(ms: number, signal: AbortSignal): Promise<Assignment | undefined> {
    if (this.#newest === undefined && !signal.aborted) await this.#woken(ms, signal);
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }

  #woken(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
