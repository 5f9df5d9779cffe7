import type { Order } from '../core/order/order.ts';
import type { Step, StepKind } from '../core/order/planner.ts';
import type { Recorder } from '../report/recorder.ts';
import { ContainerStarts, type StepContext } from './container-starts.ts';
import { executors } from './executors.ts';
import type { Executor, StepTools } from './step-tools.ts';

export interface StepOptions extends Omit<StepTools, 'starts' | 'ready'> {
  recorder: Recorder;
}

/** Carries out the planner's steps, and measures each. */
export class StepRunner {
  readonly #tools: StepTools;
  readonly #starts: ContainerStarts;
  /** Ids of containers that passed their readiness check. */
  readonly ready = new Set<string>();

  constructor({ recorder, ...options }: StepOptions) {
    this.#starts = new ContainerStarts(recorder);
    this.#tools = { ...options, starts: this.#starts, ready: this.ready };
  }

  /** @throws ParbakeError as the Engine, the gate and the readiness check do */
  async execute<K extends StepKind>(step: Step<K>, context: StepContext, signal: AbortSignal): Promise<void> {
    const executor: Executor<K> = executors[step.kind];
    await executor(step, this.#tools, context, signal);
  }

  /** Writes the files of an order for containers that were created before it came. */
  async giveFiles(ids: readonly string[], { files }: Order): Promise<void> {
    const keys = ids.flatMap((id) => this.#tools.observation.filesKeyOf(id) ?? []);
    await Promise.all(keys.map((key) => this.#tools.files.write(key, files)));
  }

  /**
   * Reports how the containers of an assignment started.
   * @param error why the assignment failed; empty when it did not
   */
  report(ids: ReadonlySet<string>, assignmentId: string, error: string): void {
    this.#starts.report(ids, assignmentId, error);
  }
}
