import { ParbakeError, toParbakeError } from '../../proto/errors.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import { plan, refusedVariables, type Desired, type Order, type Step } from '../core/planner.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Role } from '../core/role.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { awaitReady, exited } from './readiness.ts';
import type { OpenSpan, Recorder } from './recorder.ts';
import { writeState, type AgentState } from './state-file.ts';

/** OrderState of agent.proto without its prefix. */
type OrderProgress = 'DELIVERED' | 'STARTING' | 'STARTED' | 'SERVING' | 'FAILED' | 'STOPPED';

export interface WorkerOptions {
  instanceId: string;
  /** Where the containers' ports are reached. */
  address: string;
  manifest: Manifest | undefined;
  engine: ContainerEngine;
  statePath: string;
  state: AgentState;
  recorder: Recorder;
  logger: Logger;
}

/** Milliseconds between two looks when nothing wakes the worker: a container may have ended by itself. */
const lookInterval = 5_000;

/** Turns what is desired into containers: observes, plans, does one round of steps, and observes again. */
export class Worker {
  readonly #options: WorkerOptions;
  #state: AgentState;
  #progress: OrderProgress | undefined;
  #error = '';
  #ready = new Set<string>();
  #span: OpenSpan | undefined;
  /** What each container's start took, by its name. */
  #starts = new Map<string, ContainerStart>();
  #preparation: 'PREPARING' | 'READY' | 'FAILED' = 'PREPARING';
  #preparationError = '';
  #wake = new AbortController();
  /** Called with every change of the observed state. */
  onChange: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#state = options.state;
    // The order was stored before a restart, so it was delivered.
    if (options.state.desired.phase === 'run') this.#progress = 'DELIVERED';
  }

  get generation(): number {
    return this.#state.generation;
  }

  get assignmentId(): string {
    return this.#order?.assignmentId ?? '';
  }

  get #order(): Order | undefined {
    const { desired } = this.#state;
    return desired.phase === 'idle' ? undefined : desired.order;
  }

  get #role(): Role | undefined {
    return this.#options.manifest?.roles.find(({ name }) => name === this.#order?.role);
  }

  /** Takes up a desired state, durably, unless it is older than the last one. */
  async apply(generation: number, desired: Desired): Promise<void> {
    if (generation < this.#state.generation) return;
    const isSame = JSON.stringify(desired) === JSON.stringify(this.#state.desired);
    if (generation === this.#state.generation && isSame) return;
    const { instanceId, statePath, recorder } = this.#options;
    const next: AgentState = { version: 1, instanceId, generation, desired };
    const before = this.assignmentId;
    if (desired.phase === 'run')
      this.#span = recorder.begin('assignment', {
        assignmentId: desired.order.assignmentId,
        attributes: { 'parbake.role': desired.order.role },
      });
    await writeState(statePath, next);
    this.#state = next;
    if (desired.phase === 'run' && before !== desired.order.assignmentId) {
      this.#ready = new Set();
      this.#starts = new Map();
      this.#error = '';
      this.#advance('DELIVERED');
    }
    this.onChange();
    this.#wake.abort();
  }

  observed(): ObservedState {
    const { address } = this.#options;
    const order = this.#order;
    const endpoints = (this.#role?.containers ?? []).flatMap(({ name, ports }) =>
      ports.map((port) => ({ container: name, host: address, port })),
    );
    const hasEndpoints = this.#progress === 'STARTED' || this.#progress === 'SERVING';
    return {
      observedGeneration: this.#state.generation,
      preparation: { state: `PREPARATION_STATE_${this.#preparation}`, error: this.#preparationError },
      order:
        order === undefined || this.#progress === undefined
          ? null
          : {
              assignmentId: order.assignmentId,
              state: `ORDER_STATE_${this.#progress}`,
              error: this.#error,
              endpoints: hasEndpoints ? endpoints : [],
            },
      roles: this.offers(),
    };
  }

  offers() {
    return (this.#options.manifest?.roles ?? []).map(({ name, containers }) => ({
      name,
      userEnv: [...new Set(containers.flatMap(({ userEnv }) => userEnv))],
      ports: containers.flatMap(({ ports }) => ports),
      preparation: this.#preparation === 'READY' ? 1 : 0,
    }));
  }

  /** Works until the signal aborts; containers are left as they are. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#prepare(signal);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const isBusy = await this.#turn(signal).catch((cause: unknown) => this.#turnFailed(cause));
      if (!isBusy) await pause(lookInterval, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** Every image of every role must be there before the instance joins the pool. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const { manifest, engine, recorder, logger } = this.#options;
    const span = recorder.begin('prepare');
    const images = new Set(
      (manifest?.roles ?? []).flatMap(({ containers }) => containers.map(({ image }) => image)),
    );
    try {
      for (const image of images)
        if (!(await engine.hasImage(image, signal)))
          throw new ParbakeError('IMAGE_NOT_FOUND', `image ${image} of the manifest is not on this instance`);
      this.#preparation = 'READY';
    } catch (cause) {
      if (isAbort(cause)) return;
      this.#preparation = 'FAILED';
      this.#preparationError = toParbakeError(cause).toReason();
      logger.error({ reason: this.#preparationError }, 'preparation failed');
    }
    await span.end();
    this.onChange();
  }

  /** @returns whether to look again at once */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const { desired } = this.#state;
    if (desired.phase === 'idle' || this.#progress === 'FAILED' || this.#progress === 'STOPPED') {
      if (desired.phase !== 'stop' || this.#progress === 'STOPPED') return false;
    }
    const { engine } = this.#options;
    const steps = plan(desired, this.#role, await engine.list(signal), this.#ready);
    if (desired.phase === 'run') this.#checkOrder(desired.order);
    if (steps.length === 0) {
      this.#arrive(desired.phase);
      return false;
    }
    if (steps.every(({ kind }) => kind === 'await_ready')) this.#advance('STARTED');
    else if (desired.phase === 'run') this.#advance('STARTING');
    await Promise.all(steps.map((step) => this.#execute(step, signal)));
    return true;
  }

  #checkOrder(order: Order): void {
    const role = this.#role;
    if (role === undefined)
      throw new ParbakeError('ROLE_UNKNOWN', `role ${order.role} is not in this instance's manifest`);
    const refused = refusedVariables(order, role);
    if (refused.length > 0)
      throw new ParbakeError('ENV_NOT_ALLOWED', `role ${role.name} does not take ${refused.join(', ')}`);
  }

  #arrive(phase: Desired['phase']): void {
    const wasServing = this.#progress === 'SERVING';
    this.#advance(phase === 'stop' ? 'STOPPED' : 'SERVING');
    if (wasServing || phase === 'stop') return;
    this.#reportStarts('');
    void this.#span?.end();
    this.#span = undefined;
  }

  async #execute(step: Step, signal: AbortSignal): Promise<void> {
    const { engine, instanceId, recorder } = this.#options;
    const context = {
      ...(this.#span === undefined ? {} : { parent: this.#span.id }),
      assignmentId: this.assignmentId,
      attributes: { 'container.name': 'container' in step ? step.container.name : step.name },
    };
    const measured = async (
      spanName: string,
      figure: 'createMs' | 'startMs' | 'readyMs' | undefined,
      work: () => Promise<void>,
    ): Promise<void> => {
      const span = recorder.begin(spanName, context);
      try {
        await work();
        if (figure !== undefined)
          this.#noteStart(context.attributes['container.name'], { [figure]: span.elapsed() });
      } finally {
        void span.end();
      }
    };
    switch (step.kind) {
      case 'create':
        await measured('container.create', 'createMs', async () => {
          const { name, image } = step.container;
          const containerId = await engine.create(step.container, step.order, instanceId, signal);
          this.#noteStart(name, { containerId, image });
        });
        break;
      case 'start':
        await measured('container.start', 'startMs', () => engine.start(step.id, signal));
        break;
      case 'await_ready':
        await measured('container.ready', 'readyMs', () =>
          awaitReady(step.id, step.container, engine, signal),
        );
        this.#ready.add(step.id);
        break;
      case 'remove':
        await measured('container.remove', undefined, () => engine.remove(step.id, signal));
        break;
      case 'fail':
        throw await exited(step.id, step.name, step.exitCode, engine, signal);
    }
  }

  /** An order that cannot be carried out fails; a Docker that is away is waited for. */
  #turnFailed(cause: unknown): boolean {
    if (isAbort(cause)) return false;
    const error = toParbakeError(cause);
    this.#options.logger.warn({ code: error.code, reason: error.message }, 'step failed');
    if (this.#state.desired.phase === 'run' && error.code !== 'DOCKER_UNAVAILABLE') {
      this.#error = error.toReason();
      this.#reportStarts(this.#error);
      this.#advance('FAILED');
    }
    return false;
  }

  #noteStart(name: string, figures: ContainerStart): void {
    const now = Date.now();
    const startTime = { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1e6 };
    const known = this.#starts.get(name) ?? { name, startTime, assignmentId: this.assignmentId };
    this.#starts.set(name, { ...known, ...figures });
  }

  #reportStarts(error: string): void {
    for (const start of this.#starts.values()) this.#options.recorder.start({ ...start, error });
    this.#starts.clear();
  }

  #advance(progress: OrderProgress): void {
    if (this.#progress === progress) return;
    this.#progress = progress;
    this.#options.logger.info({ assignmentId: this.assignmentId, order: progress }, 'order');
    this.onChange();
  }
}
