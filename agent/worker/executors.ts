import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Step, StepKind } from '../core/order/planner.ts';
import { exited, exitedMessage } from '../docker/container-failure.ts';
import { awaitReady } from '../docker/readiness.ts';
import type { StepContext } from './container-starts.ts';
import { create, prepare } from './create-steps.ts';
import { awaitGateOf, awaitHeldOf, release } from './order-steps.ts';
import type { Executor, StepTools } from './step-tools.ts';

/** A kind of step without an executor does not compile. */
export const executors: { readonly [K in StepKind]: Executor<K> } = {
  prepare,
  create,
  start,
  await_gate: awaitGateOf,
  await_held: awaitHeldOf,
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
  { engine, observation, places, holds, processes, ready, restarts, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  await starts.measure({ span: 'container.restart', container: container.name }, context, async () => {
    const key = observation.gateKeyOf(id);
    const holdKey = observation.holdKeyOf(id);
    observation.forget();
    ready.delete(id);
    processes.forget(id);
    if (key !== undefined) await places.reset(key);
    if (holdKey !== undefined) await holds?.reset(holdKey);
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

/** Removes a container, and its gate, order and files with it. */
async function clear(
  id: string,
  { observation, places, holds, files, certificates, processes, ready, restarts, starts }: StepTools,
  signal: AbortSignal,
  removeContainer: () => Promise<void>,
): Promise<void> {
  const key = observation.gateKeyOf(id);
  const holdKey = observation.holdKeyOf(id);
  const filesKey = observation.filesKeyOf(id);
  observation.forget();
  await removeContainer();
  processes.forget(id);
  if (key !== undefined && !signal.aborted) await places.remove(key);
  if (holdKey !== undefined && !signal.aborted) await holds?.remove(holdKey);
  if (filesKey !== undefined && !signal.aborted)
    await Promise.all([files.remove(filesKey), certificates.remove(filesKey)]);
  ready.delete(id);
  starts.forget(id);
  restarts.forget(id);
}
