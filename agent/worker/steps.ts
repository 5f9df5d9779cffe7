import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import { encodeOrder } from '../core/order/gate-order.ts';
import { environmentOf, type Order } from '../core/order/order.ts';
import type { Step, Target } from '../core/order/planner.ts';
import { isGated, type ContainerSpec, type PrepareLevel } from '../../proto/recipe/role.ts';
import type { ContainerRequest, GateMount } from '../docker/container-spec.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { awaitGate } from '../gate/await-gate.ts';
import { gateInContainer, socketInContainer, type GatePlaces } from '../gate/places.ts';
import { releaseGate } from '../gate/release.ts';
import type { Observation } from './observation.ts';
import type { OrderFiles } from './order-files.ts';
import { awaitReady, exited } from '../docker/readiness.ts';
import type { FirstProcesses } from './first-processes.ts';
import type { OwnIo, Recorder } from '../report/recorder.ts';

export interface StepOptions {
  instanceId: string;
  engine: ContainerEngine;
  places: GatePlaces;
  files: OrderFiles;
  observation: Observation;
  processes: FirstProcesses;
  recorder: Recorder;
  logger: Logger;
}

/** For whom a step is done. */
export interface StepContext {
  parent?: string;
  /** Empty while there is none. */
  assignmentId: string;
}

type Figures = Partial<Pick<ContainerStart, 'createMs' | 'startMs' | 'execMs' | 'readyMs'>>;

/** Carries steps out, and measures each. */
export class StepRunner {
  readonly #options: StepOptions;
  /** What each container's start took, by its id. */
  readonly #starts = new Map<string, ContainerStart>();
  /** Ids of containers whose readiness check held. */
  readonly ready = new Set<string>();

  constructor(options: StepOptions) {
    this.#options = options;
  }

  /** @throws ParbakeError as the Engine, the gate and the readiness check do */
  async execute(step: Step, context: StepContext, signal: AbortSignal): Promise<void> {
    const { engine, places, observation } = this.#options;
    const measured = (span: string, figure: keyof Figures | undefined, work: () => Promise<string>) =>
      this.#measured(
        span,
        'container' in step ? step.container.name : '',
        figure,
        context,
        work,
        this.#own(step),
      );
    switch (step.kind) {
      case 'prepare': {
        const { name } = step.target.container;
        return await this.#measured('container.create', name, 'createMs', context, () =>
          this.#prepare(step.target, context, signal),
        );
      }
      case 'create':
        return await measured('container.create', 'createMs', () =>
          this.#create(step.container, step.order, context, signal),
        );
      case 'start':
        return await measured('container.start', 'startMs', async () => {
          observation.forget();
          await engine.start(step.id, signal);
          return step.id;
        });
      case 'await_gate':
        return await measured('container.gate', undefined, async () => {
          const key = observation.gateKeyOf(step.id);
          if (key !== undefined) await awaitGate(step.id, step.container.name, key, places, engine, signal);
          return step.id;
        });
      case 'release':
        return await measured('container.exec', 'execMs', () =>
          this.#release(step.id, step.container, step.order),
        );
      case 'await_ready':
        return await measured('container.ready', 'readyMs', async () => {
          await awaitReady(step.id, step.container, step.address, engine, signal);
          this.ready.add(step.id);
          return step.id;
        });
      case 'pause':
        return await measured('container.pause', undefined, async () => {
          observation.forget();
          await engine.pause(step.id, signal);
          return step.id;
        });
      case 'unpause':
        return await measured('container.unpause', 'execMs', async () => {
          observation.forget();
          await engine.unpause(step.id, signal);
          return step.id;
        });
      case 'remove':
        return await this.#measured('container.remove', step.name, undefined, context, async () => {
          await this.#remove(step.id, signal, (id) => engine.remove(id, signal));
          return step.id;
        });
      case 'bury':
        return await this.#bury(step, signal);
      case 'fail':
        throw await exited(step.id, step.name, step.exitCode, engine, signal);
    }
  }

  /** Gives the files of an order to containers that were made before it came. */
  async giveFiles(ids: readonly string[], { files }: Order): Promise<void> {
    const keys = ids.flatMap((id) => this.#options.observation.filesKeyOf(id) ?? []);
    await Promise.all(keys.map((key) => this.#options.files.write(key, files)));
  }

  /**
   * Reports what the containers of an assignment took.
   * @param error why it did not come up; empty when it did
   */
  report(ids: ReadonlySet<string>, assignmentId: string, error: string): void {
    for (const [id, start] of this.#starts) {
      if (!ids.has(id)) continue;
      this.#options.recorder.start({ ...start, assignmentId, error });
      this.#starts.delete(id);
    }
  }

  async #prepare(
    { role, container, level }: Target,
    context: StepContext,
    signal: AbortSignal,
  ): Promise<string> {
    const { engine, places, observation, instanceId } = this.#options;
    observation.forget();
    const gate = isGated(level) ? await this.#mount(places) : undefined;
    // Through a gate everything comes with the order.
    const env = gate === undefined ? { PARBAKE_INSTANCE_ID: instanceId } : {};
    const id = await engine.create(
      {
        container,
        role,
        level,
        env,
        ...(gate === undefined ? {} : { gate }),
        ...(await this.#filesOf(container)),
      },
      signal,
    );
    this.#note(id, container, level, context);
    return id;
  }

  async #create(
    container: ContainerSpec,
    order: Order,
    context: StepContext,
    signal: AbortSignal,
  ): Promise<string> {
    const { engine, observation, instanceId } = this.#options;
    observation.forget();
    const { assignmentId, role } = order;
    const env = environmentOf(order, container, instanceId);
    const files = await this.#filesOf(container);
    if (files.files !== undefined) await this.#options.files.write(files.files.key, order.files);
    const id = await engine.create({ container, role, assignmentId, level: 'none', env, ...files }, signal);
    this.#note(id, container, 'none', context);
    return id;
  }

  /** What the step's container moves meanwhile; one that is only made, or goes, has nothing to read it from. */
  #own(step: Step): OwnIo | undefined {
    const { processes } = this.#options;
    if (!('id' in step)) return undefined;
    return step.kind === 'start' ? processes.sinceStart(step.id) : processes.during(step.id);
  }

  /** An empty place for a container that takes files. */
  async #filesOf({ files: path }: ContainerSpec): Promise<Pick<ContainerRequest, 'files'>> {
    if (path === undefined) return {};
    const { files } = this.#options;
    const key = await files.make();
    return { files: { key, bind: files.bind(key, path) } };
  }

  async #mount(places: GatePlaces): Promise<GateMount> {
    const key = await places.make();
    return { key, binds: places.binds(key), program: gateInContainer, socket: socketInContainer };
  }

  async #release(id: string, container: ContainerSpec, order: Order): Promise<string> {
    const { observation, places, instanceId } = this.#options;
    const key = observation.gateKeyOf(id);
    if (key === undefined)
      throw new ParbakeError('GATE_UNAVAILABLE', `container ${container.name} has no gate`);
    const frame = encodeOrder(environmentOf(order, container, instanceId));
    await releaseGate(places.socket(key), frame, container.name);
    return id;
  }

  async #remove(id: string, signal: AbortSignal, remove: (id: string) => Promise<void>): Promise<void> {
    const { observation, places, files, processes } = this.#options;
    const key = observation.gateKeyOf(id);
    const filesKey = observation.filesKeyOf(id);
    observation.forget();
    await remove(id);
    processes.forget(id);
    if (key !== undefined && !signal.aborted) await places.remove(key);
    if (filesKey !== undefined && !signal.aborted) await files.remove(filesKey);
    this.ready.delete(id);
    this.#starts.delete(id);
  }

  /** A container that ended while nobody had it is reported, and makes room for another. */
  async #bury(step: Extract<Step, { kind: 'bury' }>, signal: AbortSignal): Promise<void> {
    const { engine, logger, recorder } = this.#options;
    const { id, name, exitCode } = step;
    const error = (await exited(id, name, exitCode, engine, signal)).toReason();
    logger.warn({ container: name, reason: error }, 'prepared container ended, preparing another');
    const start = this.#starts.get(id) ?? { name, containerId: id, startTime: timeOf(Date.now()) };
    recorder.start({ ...start, error });
    await this.#remove(id, signal, (gone) => engine.discard(gone, signal));
  }

  async #measured(
    spanName: string,
    name: string,
    figure: keyof Figures | undefined,
    context: StepContext,
    work: () => Promise<string>,
    own?: OwnIo,
  ): Promise<void> {
    const attributes = { 'container.name': name };
    const span = this.#options.recorder.begin(spanName, { ...context, attributes }, own);
    try {
      const id = await work();
      const known = this.#starts.get(id);
      if (figure !== undefined && known !== undefined)
        this.#starts.set(id, { ...known, [figure]: span.elapsed() });
    } finally {
      void span.end();
    }
  }

  #note(id: string, { name, image }: ContainerSpec, prepared: PrepareLevel, context: StepContext): void {
    const { assignmentId } = context;
    this.#starts.set(id, {
      name,
      image,
      containerId: id,
      prepared,
      startTime: timeOf(Date.now()),
      assignmentId,
    });
  }
}
