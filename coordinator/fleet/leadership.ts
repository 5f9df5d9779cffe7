import { aborted, type Task } from '../../proto/process/tasks.ts';
import { moment } from './moment.ts';

/** Whether this coordinator keeps house for all that share its store. */
export class Leadership {
  #term = new AbortController();
  #began = new AbortController();
  #since: number | undefined;

  constructor() {
    this.#term.abort();
  }

  /** Since when it leads, on the steady clock; undefined while it does not. */
  get since(): number | undefined {
    return this.#since;
  }

  set(isLeader: boolean): void {
    if (isLeader === (this.#since !== undefined)) return;
    this.#since = isLeader ? moment().steady : undefined;
    if (isLeader) {
      this.#term = new AbortController();
      this.#began.abort();
    } else {
      this.#began = new AbortController();
      this.#term.abort();
    }
  }

  /** Runs a task for as long as this coordinator leads, term after term, until the signal aborts. */
  async during(task: Task, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await aborted(AbortSignal.any([signal, this.#began.signal]));
      if (signal.aborted) return;
      const term = AbortSignal.any([signal, this.#term.signal]);
      await task(term);
      // One that has nothing to do ends at once.
      await aborted(term);
    }
  }
}
