import { isOfOrder, type Desired, type Order } from './order.ts';
import { isGated, type ContainerSpec, type PrepareLevel, type Role } from '../../../proto/recipe/role.ts';
import { isHeldUp } from '../../../proto/recipe/start-order.ts';

/** A container to have before anybody asks for it, and how far. */
export interface Target {
  role: string;
  container: ContainerSpec;
  level: Exclude<PrepareLevel, 'none'>;
}

/** A container of ours as Docker has it, with how far its gate is. */
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
    /** Started; its gate does not listen yet. */
    | 'coming_up'
    /** Its gate waits for the order. */
    | 'waiting'
    | 'running'
    | 'paused'
    | 'ended'
    /** It ended before its gate had an order: nothing of anybody's has run in it. */
    | 'dead';
  exitCode: number;
  /** On the Engine's bridge; empty while it does not run. */
  address: string;
}

/** Every kind of step, with what it takes. */
interface StepKinds {
  prepare: { target: Target };
  create: { container: ContainerSpec; order: Order };
  start: { id: string; container: ContainerSpec };
  await_gate: { id: string; container: ContainerSpec };
  await_ready: { id: string; container: ContainerSpec; address: string };
  pause: { id: string; container: ContainerSpec };
  unpause: { id: string; container: ContainerSpec };
  /** Gives the waiting gate its order. */
  release: { id: string; container: ContainerSpec; order: Order };
  remove: { id: string; name: string };
  /** A prepared container ended by itself; the next round prepares another. */
  bury: { id: string; name: string; exitCode: number };
  /** It had been started for its user and ended: what it holds of them is not run a second time. */
  fail: { id: string; name: string; exitCode: number };
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
  const { id, name, exitCode, address } = found;
  const { container, level } = target;
  const { ready } = among;
  switch (found.state) {
    case 'created':
      if (level === 'create' || waitsForOthers(target, among)) return [];
      return [{ kind: 'start', id, container }];
    case 'coming_up':
      return [{ kind: 'await_gate', id, container }];
    case 'ended':
    case 'dead':
      return [{ kind: 'bury', id, name, exitCode }];
    case 'running':
      // One whose gate has passed waits for us to be told the order again.
      if (level === 'gate' || level === 'create') return [];
      if (!ready.has(id)) return [{ kind: 'await_ready', id, container, address }];
      return level === 'pause' && !isAwaited(target, among) ? [{ kind: 'pause', id, container }] : [];
    case 'waiting':
    case 'paused':
      return [];
  }
}

/** A gate comes up at any time; it is let through in its turn. */
function waitsForOthers({ container, level }: Target, { targets, prepared, ready }: Among): boolean {
  if (isGated(level)) return false;
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
    .filter(({ container, level }) => container.after?.includes(name) && !isGated(level))
    .some(({ role, container }) =>
      prepared.every((each) => each.role !== role || each.name !== container.name || !ready.has(each.id)),
    );
}

function run({ role, observed, ready }: Situation, order: Order): Step[] {
  const isMine = (each: ObservedContainer): boolean => isOfOrder(each, order);
  const others = observed.filter((each) => !isMine(each));
  const mine = observed.filter(isMine);
  const containers = role?.containers ?? [];
  const isUp = ({ name }: ContainerSpec): boolean =>
    mine.some((each) => each.name === name && each.state === 'running' && ready.has(each.id));
  const steps = containers.flatMap((container) =>
    orderSteps(container, order, { mine, ready, isHeldUp: isHeldUp(container, containers, isUp) }),
  );
  // What was prepared for other roles may hold the ports; otherwise it is let go once the user is served.
  const needsRoom = steps.some(({ kind }) => kind === 'create' || kind === 'start');
  return others.length > 0 && (needsRoom || steps.length === 0) ? others.map(remove) : steps;
}

function orderSteps(
  container: ContainerSpec,
  order: Order,
  now: { mine: readonly ObservedContainer[]; ready: ReadonlySet<string>; isHeldUp: boolean },
): Step[] {
  const found = now.mine.find(({ name }) => name === container.name);
  if (found === undefined) return [{ kind: 'create', container, order }];
  const { id, name, exitCode, address } = found;
  switch (found.state) {
    case 'created':
      return now.isHeldUp && !isGated(found.level) ? [] : [{ kind: 'start', id, container }];
    case 'coming_up':
      return [{ kind: 'await_gate', id, container }];
    case 'waiting':
      return now.isHeldUp ? [] : [{ kind: 'release', id, container, order }];
    case 'paused':
      return now.isHeldUp ? [] : [{ kind: 'unpause', id, container }];
    case 'dead':
      return [remove(found)];
    case 'ended':
      return [{ kind: 'fail', id, name, exitCode }];
    case 'running':
      return now.ready.has(id) ? [] : [{ kind: 'await_ready', id, container, address }];
  }
}

function remove({ id, name }: ObservedContainer): Step {
  return { kind: 'remove', id, name };
}
