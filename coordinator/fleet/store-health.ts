import type { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { UpkeepUseCases } from '../store/upkeep.ts';
import { moment } from './moment.ts';

/** Milliseconds between two tries of the store, while it works and while it fails. */
const intervals = { working: 10_000, failing: 1_000 };
/** Milliseconds without a failure after which a store that takes a change again works: small changes may fit where others do not. */
const settling = 5_000;

export interface StoreHealthParts {
  logger: Logger;
  /** Milliseconds; see `intervals` and `settling`. */
  times?: { working: number; failing: number; settling: number };
}

/** Whether the store works: every failure is told here, and what nobody changes is tried. */
export class StoreHealth {
  readonly #logger: Logger;
  readonly #times: { working: number; failing: number; settling: number };
  readonly #watchers = new Set<(isWorking: boolean) => void>();
  #problem = '';
  #lastFailed = 0;
  #failures = 0;
  #woken = new AbortController();

  constructor({ logger, times = { ...intervals, settling } }: StoreHealthParts) {
    this.#logger = logger;
    this.#times = times;
  }

  /** Why the store fails, as a sentence; empty while it works. */
  get problem(): string {
    return this.#problem;
  }

  /** Calls of the store that failed since this coordinator was started. */
  get failures(): number {
    return this.#failures;
  }

  /** A call of the store failed. */
  failed(error: ParbakeError): void {
    this.#failures++;
    this.#lastFailed = moment().steady;
    const wasWorking = this.#problem === '';
    this.#problem = error.message;
    if (!wasWorking) return;
    this.#logger.error({ reason: error.toReason() }, 'the store fails, changes are refused');
    this.#tell(false);
    this.#woken.abort();
  }

  /** Calls `changed` whenever the store begins to fail or to work. */
  watch(changed: (isWorking: boolean) => void): void {
    this.#watchers.add(changed);
  }

  /** Tries the store until the signal aborts. */
  async run(store: Pick<UpkeepUseCases, 'tryWrite'>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ms = this.#problem === '' ? this.#times.working : this.#times.failing;
      await pause(ms, AbortSignal.any([signal, this.#woken.signal]));
      this.#woken = new AbortController();
      if (!signal.aborted) await this.#try(store);
    }
  }

  async #try(store: Pick<UpkeepUseCases, 'tryWrite'>): Promise<void> {
    try {
      await store.tryWrite();
    } catch {
      // The store's own opener tells us, as of every failure.
      return;
    }
    if (this.#problem === '' || moment().steady - this.#lastFailed < this.#times.settling) return;
    this.#problem = '';
    this.#logger.info('the store works again');
    this.#tell(true);
  }

  #tell(isWorking: boolean): void {
    for (const changed of this.#watchers) changed(isWorking);
  }
}
