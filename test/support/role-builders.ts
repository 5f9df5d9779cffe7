import type { ContainerEnd } from '../../agent/core/order/container-end.ts';
import type { Order } from '../../agent/core/order/order.ts';
import type { ObservedContainer } from '../../agent/core/order/planner.ts';
import type { ContainerSpec, Role } from '../../proto/recipe/role.ts';

/** A container that nothing is prepared of and that is ready once it is started. */
export function aContainer(over: Partial<ContainerSpec> = {}): ContainerSpec {
  const base: ContainerSpec = {
    name: 'app',
    image: 'app:1',
    prepare: 'none',
    ports: [],
    ready: { kind: 'started' },
    userEnv: [],
  };
  return { ...base, ...over };
}

/** A role of two containers. */
export const role: Role = { name: 'web', containers: [aContainer(), aContainer({ name: 'cache' })] };
/** An order for that role. */
export const order: Order = {
  assignmentId: 'as-1',
  user: 'alice',
  environment: 'main',
  role: 'web',
  env: {},
  files: {},
};

/** One that runs for the order. */
export function anObserved(over: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: 'c1',
    name: 'app',
    role: 'web',
    assignmentId: 'as-1',
    level: 'none',
    state: 'running',
    address: '172.17.0.2',
    ...over,
  };
}

/** One that exited by itself with 0. */
export function anEnd(over: Partial<ContainerEnd> = {}): ContainerEnd {
  return {
    exitCode: 0,
    signal: '',
    oomKilled: false,
    hostOomKilled: false,
    engineRestarted: false,
    killedFromOutside: false,
    endTime: 1_000_000,
    ...over,
  };
}
