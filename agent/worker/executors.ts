import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isGated, type ContainerSpec } from '../../proto/recipe/role.ts';
import { encodeOrder } from '../core/order/gate-order.ts';
import { environmentOf, type Order } from '../core/order/order.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { Step, StepKind } from '../core/order/planner.ts';
import type { ContainerRequest, GateMount } from '../docker/container-spec.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { exited, exitedMessage } from '../docker/container-failure.ts';
import { awaitReady } from '../docker/readiness.ts';
import { awaitGate } from '../gate/await-gate.ts';
import { gateInContainer, socketInContainer, type GatePlaces } from '../gate/places.ts';
import { releaseGate } from '../gate/release.ts';
import type { ContainerStarts, StepContext } from './container-starts.ts';
import type { FirstProcesses } from './first-processes.ts';
import type { Observation } from './observation.ts';
import type { RestartLog } from './restart-log.ts';
import type { OrderFiles } from './order-files.ts';
import type { RoleSurroundings } from './role-surroundings.ts';

/** What the executors share. */
export interface StepTools {
  instanceId: string;
  engine: ContainerEngine;
  places: GatePlaces;
  files: OrderFiles;
  surroundings: RoleSurroundings;
  observation: Observation;
  processes: FirstProcesses;
  starts: ContainerStarts;
  restarts: RestartLog;
  /** Ids of containers that passed their readiness check. */
  ready: Set<string>;
  logger: Logger;
}

/** Carries out one kind of step. @throws ParbakeError as the Engine, the gate and the readiness check do */
export type Executor<K extends StepKind> = (
  step: Step<K>,
  tools: StepTools,
  context: StepContext,
  signal: AbortSignal,
) => Promise<void>;

/** A kind of step without an executor does not compile. */
export const executors: { readonly [K in StepKind]: Executor<K> } = {
  prepare,
  create,
  start,
  await_gate: awaitGateOf,
  await_ready: awaitReadyOf,
  pause,
  unpause,
  release,
  remove,
  bury,
  restart,
  stop,
  fail,
};

async function prepare(
  { target: { role, container, level } }: Step<'prepare'>,
  { engine, places, files, surroundings, observation, starts, instanceId }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.create', container: container.name, figure: 'createDuration' } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    const gate = isGated(level) ? await gateMount(places) : undefined;
    // Through a gate everything comes with the order.
    const env = gate === undefined ? { PARBAKE_INSTANCE_ID: instanceId } : {};
    const mount = await filesMount(files, container);
    const network = await surroundings.network(role, signal);
    const id = await engine.create({ container, role, level, env, gate, files: mount, network }, signal);
    starts.created(id, container, level, context.assignmentId);
    return id;
  });
}

async function create(
  { container, order }: Step<'create'>,
  { engine, places, files, surroundings, observation, starts, instanceId }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.create', container: container.name, figure: 'createDuration' } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    const { assignmentId, role } = order;
    const ordered = environmentOf(order, container, instanceId);
    const gate = await gateForVariables(container, order, places);
    const env = gate === undefined ? ordered : {};
    const mount = await filesMount(files, container);
    if (mount !== undefined) await files.write(mount.key, order.files);
    const network = await surroundings.network(role, signal);
    const request = {
      container,
      role,
      assignmentId,
      level: 'none',
      env,
      gate,
      files: mount,
      network,
    } as const;
    const id = await engine.create(request, signal);
    starts.created(id, container, 'none', context.assignmentId);
    return id;
  });
}

async function start(
  { id, container }: Step<'start'>,
  { engine, observation, processes, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const own = processes.sinceStart(id);
  const part = { span: 'container.start', container: container.name, figure: 'startDuration', own } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    await engine.start(id, signal);
    return id;
  });
}

async function awaitGateOf(
  { id, container }: Step<'await_gate'>,
  { engine, places, observation, processes, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.gate', container: container.name, own: processes.during(id) };
  await starts.measure(part, context, async () => {
    const key = observation.gateKeyOf(id);
    if (key !== undefined) await awaitGate(id, container.name, key, places, engine, signal);
    return id;
  });
}

async function awaitReadyOf(
  { id, container, address }: Step<'await_ready'>,
  { engine, observation, processes, restarts, starts, ready }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const own = processes.during(id);
  const part = { span: 'container.ready', container: container.name, figure: 'readyDuration', own } as const;
  await starts.measure(part, context, async () => {
    const since = restarts.all.get(id)?.startedAt;
    const isReady = await awaitReady({ id, container, address, since }, engine, signal);
    if (isReady) ready.add(id);
    // It ended: how, and what that means, shows at the next look.
    else observation.forget();
    return id;
  });
}

async function pause(
  { id, container }: Step<'pause'>,
  { engine, observation, processes, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.pause', container: container.name, own: processes.during(id) };
  await starts.measure(part, context, async () => {
    observation.forget();
    await engine.pause(id, signal);
    return id;
  });
}

async function unpause(
  { id, container }: Step<'unpause'>,
  { engine, observation, processes, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const own = processes.during(id);
  const part = { span: 'container.unpause', container: container.name, figure: 'execDuration', own } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    await engine.unpause(id, signal);
    return id;
  });
}

async function release(
  { id, container, order }: Step<'release'>,
  { places, observation, processes, starts, instanceId }: StepTools,
  context: StepContext,
): Promise<void> {
  const own = processes.during(id);
  const part = { span: 'container.exec', container: container.name, figure: 'execDuration', own } as const;
  await starts.measure(part, context, async () => {
    const key = observation.gateKeyOf(id);
    if (key === undefined)
      throw new ParbakeError('GATE_UNAVAILABLE', `container ${container.name} has no gate`);
    const frame = encodeOrder(environmentOf(order, container, instanceId));
    await giveOrder(key, frame, container.name, places);
    return id;
  });
}

/** @throws ParbakeError as `releaseGate` does; the container can then get no other order unless its gate was not reached */
async function giveOrder(key: PlaceKey, frame: Buffer, name: string, places: GatePlaces): Promise<void> {
  let isClosed = false;
  try {
    await releaseGate(places.socket(key), frame, name, () => {
      places.close(key);
      isClosed = true;
    });
  } catch (cause) {
    const hasTaken = cause instanceof ParbakeError && cause.code === 'EXEC_FAILED';
    if (isClosed && !hasTaken) places.spend(key);
    throw cause;
  }
}

async function remove(
  { id, name }: Step<'remove'>,
  tools: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  await tools.starts.measure({ span: 'container.remove', container: name }, context, async () => {
    await clear(id, tools, signal, () => tools.engine.remove(id, signal));
    return id;
  });
}

/** A container that ended before it was assigned is reported, and makes room for another. */
async function bury(
  { id, name, end }: Step<'bury'>,
  tools: StepTools,
  _context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, logger, starts } = tools;
  const error = new ParbakeError('CONTAINER_EXITED', exitedMessage(name, end)).toReason();
  logger.warn({ container: name, reason: error }, 'prepared container ended, preparing another');
  starts.ended(id, name, error);
  await clear(id, tools, signal, () => engine.discard(id, signal));
}

/** Starts a container again that ended, as its policy says. */
async function restart(
  { id, container, end }: Step<'restart'>,
  { engine, observation, places, processes, ready, restarts, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  await starts.measure({ span: 'container.restart', container: container.name }, context, async () => {
    const key = observation.gateKeyOf(id);
    observation.forget();
    ready.delete(id);
    processes.forget(id);
    if (key !== undefined) await places.reset(key);
    await engine.start(id, signal);
    restarts.note(id, end);
    return id;
  });
}

async function stop(
  { id, name }: Step<'stop'>,
  { engine, observation, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  await starts.measure({ span: 'container.stop', container: name }, context, async () => {
    observation.forget();
    await engine.stop(id, signal);
    return id;
  });
}

async function fail(
  { id, name, end }: Step<'fail'>,
  { engine }: StepTools,
  _context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  throw await exited({ id, name, end }, engine, signal);
}

/** Removes a container, and its gate and files with it. */
async function clear(
  id: string,
  { observation, places, files, processes, ready, restarts, starts }: StepTools,
  signal: AbortSignal,
  removeContainer: () => Promise<void>,
): Promise<void> {
  const key = observation.gateKeyOf(id);
  const filesKey = observation.filesKeyOf(id);
  observation.forget();
  await removeContainer();
  processes.forget(id);
  if (key !== undefined && !signal.aborted) await places.remove(key);
  if (filesKey !== undefined && !signal.aborted) await files.remove(filesKey);
  ready.delete(id);
  starts.forget(id);
  restarts.forget(id);
}

/**
 * A gate for a container that is made at its order: its configuration, which Docker stores on the disk, would have the
 * user's variables.
 * @returns undefined when the order sets none of its variables
 * @throws ParbakeError GATE_UNAVAILABLE when there is no gate on this instance
 */
async function gateForVariables(
  { name, userEnv }: ContainerSpec,
  { env }: Order,
  places: GatePlaces,
): Promise<GateMount | undefined> {
  if (!userEnv.some((variable) => env[variable] !== undefined)) return undefined;
  if (await places.isAvailable()) return await gateMount(places);
  throw new ParbakeError(
    'GATE_UNAVAILABLE',
    `container ${name} cannot take the order's variables: without the gate they would be stored on the disk`,
  );
}

/** An empty place for the files of an order, for a container that takes them. */
async function filesMount(
  files: OrderFiles,
  { files: path }: ContainerSpec,
): Promise<ContainerRequest['files']> {
  if (path === undefined) return undefined;
  const key = await files.make();
  return { key, bind: files.bind(key, path) };
}

async function gateMount(places: GatePlaces): Promise<GateMount> {
  const key = await places.make();
  return { key, binds: places.binds(key), program: gateInContainer, socket: socketInContainer };
}
