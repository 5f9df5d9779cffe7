import type { Step } from '../core/order/planner.ts';
import type { StepContext } from './container-starts.ts';
import type { StepRunner } from './steps.ts';

/** Carries the steps of a round out at the same time. */
export class StepRound {
  readonly #steps: StepRunner;
  /** Steps that run, by container id: waiting for one container does not hold up another. */
  readonly #waits = new Map<string, Promise<void>>();

  constructor(steps: StepRunner) {
    this.#steps = steps;
  }

  /**
   * Ends as soon as there is something new to plan with; what is waited for goes on.
   * @throws ParbakeError as the steps do
   */
  async run(steps: readonly Step[], context: StepContext, signal: AbortSignal): Promise<void> {
    const waits: Promise<void>[] = [];
    const others: Promise<void>[] = [];
    for (const step of steps) {
      const isWait = step.kind === 'await_ready' || step.kind === 'await_held';
      const known = isWait ? this.#waits.get(step.id) : undefined;
      const work = known ?? this.#steps.execute(step, context, signal);
      if (!isWait) others.push(work);
      else {
        const wait = work.then(() => void this.#waits.delete(step.id));
        // One that fails meanwhile is kept, and told when it is waited for.
        wait.catch(() => {});
        this.#waits.set(step.id, wait);
        waits.push(wait);
      }
    }
    if (others.length > 0) await Promise.all(others);
    else await Promise.race(waits);
  }

  /** After a failure all is looked at again, also what was waited for. */
  forget(): void {
    this.#waits.clear();
  }
}
