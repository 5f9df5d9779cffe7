import type { ContainerSpec, Role } from './role.ts';

/** What an assignment tells the agent; see Order in agent.proto. */
export interface Order {
  assignmentId: string;
  user: string;
  environment: string;
  role: string;
  env: Record<string, string>;
}

export type Desired =
  | { phase: 'idle' }
  | { phase: 'run'; order: Order }
  /** `order` is absent when the instance is set aside before it had one. */
  | { phase: 'stop'; order?: Order };

/** A container of ours as Docker has it. */
export interface ObservedContainer {
  id: string;
  /** Its name in the role. */
  name: string;
  assignmentId: string;
  state: 'created' | 'running' | 'ended';
  exitCode: number;
}

export type Step =
  | { kind: 'create'; container: ContainerSpec; order: Order }
  | { kind: 'start'; id: string; container: ContainerSpec; order: Order }
  | { kind: 'await_ready'; id: string; container: ContainerSpec; order: Order }
  | { kind: 'remove'; id: string; name: string }
  /** It had been started and ended: what it holds of its user is not run a second time. */
  | { kind: 'fail'; id: string; name: string; exitCode: number };

/**
 * The next steps from what there is to what is wanted; none when it is reached. Looked at again after every
 * step, so a step that did not work is simply planned again.
 * @param ready ids of containers whose readiness check held
 */
export function plan(
  desired: Desired,
  role: Role | undefined,
  observed: readonly ObservedContainer[],
  ready: ReadonlySet<string>,
): Step[] {
  if (desired.phase === 'idle') return [];
  if (desired.phase === 'stop') return observed.map(({ id, name }) => ({ kind: 'remove', id, name }));
  const { order } = desired;
  const strangers = observed.filter(({ assignmentId }) => assignmentId !== order.assignmentId);
  if (strangers.length > 0) return strangers.map(({ id, name }) => ({ kind: 'remove', id, name }));
  return (role?.containers ?? []).flatMap((container) => containerSteps(container, order, observed, ready));
}

function containerSteps(
  container: ContainerSpec,
  order: Order,
  observed: readonly ObservedContainer[],
  ready: ReadonlySet<string>,
): Step[] {
  const found = observed.find(({ name }) => name === container.name);
  if (found === undefined) return [{ kind: 'create', container, order }];
  const { id, name, exitCode } = found;
  if (found.state === 'created') return [{ kind: 'start', id, container, order }];
  if (found.state === 'ended') return [{ kind: 'fail', id, name, exitCode }];
  return ready.has(id) ? [] : [{ kind: 'await_ready', id, container, order }];
}

/** Variables that every container of an assignment gets. */
export function environmentOf(
  order: Order,
  container: ContainerSpec,
  instanceId: string,
): Record<string, string> {
  const allowed = Object.entries(order.env).filter(([name]) => container.userEnv.includes(name));
  return {
    ...Object.fromEntries(allowed),
    PARBAKE_USER: order.user,
    PARBAKE_ENVIRONMENT: order.environment,
    PARBAKE_ASSIGNMENT_ID: order.assignmentId,
    PARBAKE_INSTANCE_ID: instanceId,
  };
}

/** Variables of the order that no container of the role takes: the coordinator asked for more than was baked. */
export function refusedVariables(order: Order, role: Role): string[] {
  const taken = new Set(role.containers.flatMap((container) => container.userEnv));
  return Object.keys(order.env).filter((name) => !taken.has(name));
}
