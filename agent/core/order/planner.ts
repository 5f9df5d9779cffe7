import { isCompleted, type ContainerEnd } from './container-end.ts';
import { isOfOrder, type Desired, type Order } from './order.ts';
import { isRestartDue, isRestarted, restartTime, type Restarts } from './restart.ts';
import { awaitsOrder, type ContainerSpec, type PrepareLevel, type Role } from '../../../proto/recipe/role.ts';
import { isHeldUp } from '../../../proto/recipe/start-order.ts';

/** A container to have before anybody asks for it, and how far. */
export interface Target {
  role: string;
  container: ContainerSpec;
  level: Exclude<PrepareLevel, 'none'>;
}

/** A container of ours as Docker has it, with how far its gate or its own program is with the order. */
export interface ObservedContainer {
  id: string;
  /** Its name in the role. */
  name: string;
  /** Empty when a version that did not say so made it. */
  role: string;
  /** Empty for one that was prepared for whoever comes. */
  assignmentId: string;
  /** `none` for one that was made for an order. */
  level: PrepareLevel;
  state:
    | 'created'
    /** Started; its gate does not listen yet, or its program does not read its order yet. */
    | 'coming_up'
    /** Its gate or its program waits for the order. */
    | 'waiting'
    | 'running'
    | 'paused'
    | 'ended'
    /** It ended before it had an order: nothing of anybody's has run in it. */
    | 'dead';
  /** How it ended; absent while it has not. */
  end?: ContainerEnd;
  /** On the Engine's bridge; empty while it does not run. */
  address: string;
}

/** Every kind of step, with what it takes. */
interface StepKinds {
  prepare: { target: Target };
  create: { container: ContainerSpec; order: Order };
  start: { id: string; container: ContainerSpec };
  await_gate: { id: string; container: ContainerSpec };
  /** Waits until its program reads its order. */
  await_held: { id: string; container: ContainerSpec; address: string };
  await_ready: { id: string; container: ContainerSpec; address: string };
  pause: { id: string; container: ContainerSpec };
  unpause: { id: string; container: ContainerSpec };
  /** Gives the waiting gate or program its order. */
  release: { id: string; container: ContainerSpec; order: Order };
  remove: { id: string; name: string };
  /** A prepared container ended by itself; the next round prepares another. */
  bury: { id: string; name: string; end: ContainerEnd };
  /** It ended, and its restart policy has it started again; one that waits for its order gets it again. */
  restart: { id: string; container: ContainerSpec; end: ContainerEnd };
  /** It is stopped and kept: the order is completed without it. */
  stop: { id: string; name: string };
  /** It ended, and the order fails with it. */
  fail: { id: string; name: string; end: ContainerEnd };
}

export type StepKind = keyof StepKinds;
export type Step<K extends StepKind = StepKind> = { [P in K]: { kind: P } & StepKinds[P] }[K];

export interface Situation {
  desired: Desired;
  /** What to have ready while there is no order. */
  targets: readonly Target[];
  /** The order's role, as it was baked. */
  role: Role | undefined;
  observed: readonly ObservedContainer[];
  /** Ids of containers whose readiness check held. */
  ready: ReadonlySet<string>;
  /** Keyed by container id. */
  restarts: ReadonlyMap<string, Restarts>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * The next steps from what there is to what is wanted; none when it is reached. Looked at again after every
 * step, so a step that did not work is simply planned again.
 */
export function plan(situation: Situation): Step[] {
  const { desired, observed } = situation;
  if (desired.phase === 'idle') return prepare(situation);
  if (desired.phase === 'stop') return observed.map(remove);
  return run(situation, desired.order);
}

function prepare({ targets, observed, ready }: Situation): Step[] {
  const isWanted = ({ role, name, level }: ObservedContainer): boolean =>
    targets.some(
      (target) => target.role === role && target.container.name === name && target.level === level,
    );
  // A container that was made for an assignment is not ours to judge without its order.
  const prepared = observed.filter(({ assignmentId }) => assignmentId === '');
  const strays = prepared.filter((container) => !isWanted(container));
  const steps = targets.flatMap((target): Step[] => {
    const found = prepared.filter(
      (each) => each.role === target.role && each.name === target.container.name && isWanted(each),
    );
    const [first, ...doubles] = found;
    if (first === undefined) return [{ kind: 'prepare', target }];
    const among = { targets: targets.filter(({ role }) => role === target.role), prepared, ready };
    return [...preparationSteps(first, target, among), ...doubles.map(remove)];
  });
  return [...strays.map(remove), ...steps];
}

/** The role that a target belongs to, as far as it is prepared. */
interface Among {
  targets: readonly Target[];
  prepared: readonly ObservedContainer[];
  ready: ReadonlySet<string>;
}

function preparationSteps(found: ObservedContainer, target: Target, among: Among): Step[] {
  const { id, name, address } = found;
  const { container, level } = target;
  const { ready } = among;
  switch (found.state) {
    case 'created':
      if (level === 'create' || waitsForOthers(target, among)) return [];
      return [{ kind: 'start', id, container }];
    case 'coming_up':
      return [awaitOrderable(found, container)];
    case 'ended':
    case 'dead':
      return [{ kind: 'bury', id, name, end: found.end ?? unknownEnd }];
    case 'running':
      // One that had its order waits for us to be told the order again.
      if (awaitsOrder(level)) return [];
      if (!ready.has(id)) return [{ kind: 'await_ready', id, container, address }];
      return level === 'pause' && !isAwaited(target, among) ? [{ kind: 'pause', id, container }] : [];
    case 'waiting':
    case 'paused':
      return [];
  }
}

/** What can be given an order can take it at any later time. */
function awaitOrderable({ id, address }: ObservedContainer, container: ContainerSpec): Step {
  if (container.prepare === 'hold') return { kind: 'await_held', id, container, address };
  return { kind: 'await_gate', id, container };
}

/** One that waits for its order starts at any time; it gets the order in its turn. */
function waitsForOthers({ container, level }: Target, { targets, prepared, ready }: Among): boolean {
  if (awaitsOrder(level)) return false;
  const isUp = ({ role, container: { name } }: Target): boolean =>
    prepared.some(
      (each) =>
        each.role === role &&
        each.name === name &&
        (each.state === 'paused' || (each.state === 'running' && ready.has(each.id))),
    );
  const before = targets.filter((each) => container.after?.includes(each.container.name));
  return !before.every(isUp);
}

/** Whether somebody starts after it who is not up yet, and may need it to answer. */
function isAwaited({ container: { name } }: Target, { targets, prepared, ready }: Among): boolean {
  return targets
    .filter(({ container, level }) => container.after?.includes(name) && !awaitsOrder(level))
    .some(({ role, container }) =>
      prepared.every((each) => each.role !== role || each.name !== container.name || !ready.has(each.id)),
    );
}

function run(situation: Situation, order: Order): Step[] {
  const { role, observed, ready, restarts, now } = situation;
  const isMine = (each: ObservedContainer): boolean => isOfOrder(each, order);
  const others = observed.filter((each) => !isMine(each));
  const mine = observed.filter(isMine);
  const containers = role?.containers ?? [];
  if (isOrderCompleted(containers, mine)) return mine.filter(isUp).map(stop);
  const isDone = (container: ContainerSpec): boolean =>
    mine.some((each) => each.name === container.name && hasArrived(container, each, situation));
  const steps = containers.flatMap((container) =>
    orderSteps(container, order, {
      mine,
      ready,
      restarts,
      now,
      isHeldUp: isHeldUp(container, containers, isDone),
    }),
  );
  // What was prepared for other roles may hold the ports; otherwise it is let go once the user is served.
  const needsRoom = steps.some(({ kind }) => kind === 'create' || kind === 'start');
  return others.length > 0 && (needsRoom || steps.length === 0) ? others.map(remove) : steps;
}

/** The parts of one order that its containers are planned with. */
interface OrderNow extends Pick<Situation, 'ready' | 'restarts' | 'now'> {
  mine: readonly ObservedContainer[];
  isHeldUp: boolean;
}

function orderSteps(container: ContainerSpec, order: Order, now: OrderNow): Step[] {
  const found = now.mine.find(({ name }) => name === container.name);
  if (found === undefined) return [{ kind: 'create', container, order }];
  const { id, address } = found;
  switch (found.state) {
    case 'created':
      return now.isHeldUp && !awaitsOrder(found.level) && container.prepare !== 'hold'
        ? []
        : [{ kind: 'start', id, container }];
    case 'coming_up':
      return [awaitOrderable(found, container)];
    case 'waiting':
      return now.isHeldUp ? [] : [{ kind: 'release', id, container, order }];
    case 'paused':
      return now.isHeldUp ? [] : [{ kind: 'unpause', id, container }];
    case 'dead':
      // A program that ends before its order does so each time.
      return container.prepare === 'hold' && found.assignmentId !== '' && found.end !== undefined
        ? [{ kind: 'fail', id, name: container.name, end: found.end }]
        : [remove(found)];
    case 'ended':
      return endSteps(container, found, now);
    case 'running':
      return now.ready.has(id) ? [] : [{ kind: 'await_ready', id, container, address }];
  }
}

function endSteps(
  container: ContainerSpec,
  { id, name, end = unknownEnd }: ObservedContainer,
  { restarts, now }: Pick<Situation, 'restarts' | 'now'>,
): Step[] {
  const before = restarts.get(id);
  if (isRestarted(container, end, before?.count ?? 0))
    return isRestartDue(end, before, now) ? [{ kind: 'restart', id, container, end }] : [];
  if (isCompleted(end) || container.essential === false) return [];
  return [{ kind: 'fail', id, name, end }];
}

/** Docker always knows; a version of it that would not is trusted with nothing. */
const unknownEnd: ContainerEnd = {
  exitCode: 255,
  signal: '',
  oomKilled: false,
  hostOomKilled: false,
  engineRestarted: true,
  killedFromOutside: false,
  endTime: 0,
};

/**
 * Whether the order has done its work: every essential container that is not always restarted has exited by itself with
 * 0, and there is one.
 */
export function isOrderCompleted(
  containers: readonly ContainerSpec[],
  mine: readonly ObservedContainer[],
): boolean {
  const counted = containers.filter(
    ({ essential, restart }) => essential !== false && restart?.name !== 'always',
  );
  const isDone = ({ name }: ContainerSpec): boolean =>
    mine.some(
      ({ name: found, state, end }) =>
        found === name && state === 'ended' && end !== undefined && isCompleted(end),
    );
  return counted.length > 0 && counted.every(isDone);
}

/** Whether nothing more is to be done for it: it is ready, or it ended and stays so. */
export function hasArrived(
  container: ContainerSpec,
  { id, state, end }: ObservedContainer,
  { ready, restarts }: Pick<Situation, 'ready' | 'restarts'>,
): boolean {
  if (state !== 'ended' || end === undefined) return state === 'running' && ready.has(id);
  if (isRestarted(container, end, restarts.get(id)?.count ?? 0)) return false;
  return isCompleted(end) || container.essential === false;
}

/** When the next container is due to be started again, milliseconds since the epoch; undefined when none waits for it. */
export function nextRestart({ desired, role, observed, restarts }: Situation): number | undefined {
  if (desired.phase !== 'run') return undefined;
  const { order } = desired;
  const times = observed.flatMap((each) => {
    const { id, name, state, end } = each;
    const container = role?.containers.find((spec) => spec.name === name);
    if (state !== 'ended' || end === undefined || container === undefined || !isOfOrder(each, order))
      return [];
    const before = restarts.get(id);
    return isRestarted(container, end, before?.count ?? 0) ? [restartTime(end, before)] : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

function isUp({ state }: ObservedContainer): boolean {
  return state !== 'created' && state !== 'ended' && state !== 'dead';
}

function stop({ id, name }: ObservedContainer): Step {
  return { kind: 'stop', id, name };
}

function remove({ id, name }: ObservedContainer): Step {
  return { kind: 'remove', id, name };
}
