import { reasonOf } from '../../proto/errors/cause.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { Route } from '../core/route.ts';
import type { Changes } from '../fleet/changes.ts';
import type { RouteUseCases } from '../store/routes.ts';

/** Milliseconds between two looks at the store without a hint. */
const backstop = 1_000;
/** Changes that are read at once. */
const pageSize = 1_000;

/** Is told of changes, oldest first, and how far all of them go. */
export type RouteReader = (changes: readonly Route[], generation: number) => void;

export interface RouteFeedParts {
  store: Pick<RouteUseCases, 'routeChanges'>;
  changes: Pick<Changes, 'watchRoutes'>;
  logger: Logger;
}

/** The table of routes in memory, as of the last look at the store, for everybody who answers from it or follows it. */
export class RouteFeed {
  readonly #parts: RouteFeedParts;
  readonly #table = new Map<string, Route>();
  /** How many names are below one. */
  readonly #below = new Map<string, number>();
  readonly #readers = new Set<RouteReader>();
  readonly #ended = new AbortController();
  #generation = 0;
  #isLoaded = false;

  constructor(parts: RouteFeedParts) {
    this.#parts = parts;
  }

  /** Whether the whole table was read once: before, a name that is missing may exist. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Aborts when nobody keeps the table up to date any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The generation of the newest change in the table. */
  get generation(): number {
    return this.#generation;
  }

  get(name: string): Route | undefined {
    return this.#table.get(name);
  }

  /** Whether there are names below this one. */
  hasBelow(name: string): boolean {
    return this.#below.has(name);
  }

  /** RESERVED and PUBLISHED ones. */
  all(): Route[] {
    return [...this.#table.values()];
  }

  /**
   * Tells a reader of the table, when it is loaded, and then of each change.
   * @returns stops that
   */
  subscribe(reader: RouteReader): () => void {
    if (this.#isLoaded) reader(this.all(), this.#generation);
    this.#readers.add(reader);
    return () => void this.#readers.delete(reader);
  }

  /** Keeps the table up to date until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let hinted = new AbortController();
    const stop = this.#parts.changes.watchRoutes(() => hinted.abort());
    let lastError = '';
    try {
      while (!signal.aborted) {
        // Before the rows are read, so that no change falls between.
        hinted = new AbortController();
        const error = await this.#look(signal);
        if (error !== lastError && error !== '')
          this.#parts.logger.error({ reason: error }, 'cannot read routes, retrying');
        lastError = error;
        await pause(backstop, AbortSignal.any([signal, hinted.signal]));
      }
    } finally {
      stop();
      this.#ended.abort();
    }
  }

  /** @returns why the store could not be read; empty when it could */
  async #look(signal: AbortSignal): Promise<string> {
    try {
      for (let isEnd = false; !isEnd && !signal.aborted;) {
        const { changes, newest } = await this.#parts.store.routeChanges(this.#generation, pageSize);
        isEnd = changes.length < pageSize;
        this.#apply(changes, isEnd ? newest : (changes.at(-1)?.generation ?? newest), isEnd);
      }
      return '';
    } catch (cause) {
      if (isAbort(cause)) return '';
      return reasonOf(cause);
    }
  }

  #count(name: string, by: 1 | -1): void {
    const labels = name.split('.');
    for (let at = 1; at < labels.length; at++) {
      const above = labels.slice(at).join('.');
      const count = (this.#below.get(above) ?? 0) + by;
      if (count === 0) this.#below.delete(above);
      else this.#below.set(above, count);
    }
  }

  #apply(changes: readonly Route[], generation: number, isEnd: boolean): void {
    const isNews = generation > this.#generation || !this.#isLoaded;
    for (const route of changes) {
      const { name, state } = route;
      const isThere = this.#table.has(name);
      if (state === 'WITHDRAWN') this.#table.delete(name);
      else this.#table.set(name, route);
      if (isThere !== this.#table.has(name)) this.#count(name, isThere ? -1 : 1);
    }
    this.#generation = Math.max(this.#generation, generation);
    if (isEnd && !this.#isLoaded) {
      this.#isLoaded = true;
      for (const tell of this.#readers) tell(this.all(), this.#generation);
    } else if (isNews && this.#isLoaded) for (const tell of this.#readers) tell(changes, this.#generation);
  }
}
