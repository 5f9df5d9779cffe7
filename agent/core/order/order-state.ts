import type { ContainerSpec } from '../../../proto/recipe/role.ts';
import { isOfOrder } from './order.ts';
import {
  hasArrived,
  isOrderCompleted,
  type ObservedContainer,
  type Situation,
  type Step,
} from './planner.ts';

/** How far an order is on its instance; OrderState of agent.proto without its prefix. */
export type OrderState =
  /** Received and stored. */
  | 'DELIVERED'
  /** Containers are being made and started. */
  | 'STARTING'
  /** All containers run; their readiness is awaited. */
  | 'STARTED'
  /** Every readiness check held. */
  | 'SERVING'
  /** A container did not come up, or the order asked for more than was baked. */
  | 'FAILED'
  /** Containers are gone. */
  | 'STOPPED'
  /** Every essential container that is not always restarted exited by itself with 0. */
  | 'COMPLETED';

/** Whether nothing is being done for the order any more. */
export function isSettled(state: OrderState | undefined): boolean {
  return state === 'SERVING' || state === 'FAILED' || state === 'STOPPED' || state === 'COMPLETED';
}

/** Whether nothing is to be done for what is desired, whatever there is to be seen. */
export function isOver(state: OrderState | undefined, phase: Situation['desired']['phase']): boolean {
  return (phase === 'stop' && state === 'STOPPED') || (phase === 'run' && state === 'FAILED');
}

/**
 * How far an order is, from what there is and what is still to be done; like the plan, it does not depend on what was
 * before.
 * @param steps what was planned in this situation
 * @returns undefined when that does not tell: without an order, and while containers are being taken down
 */
export function orderStateIn(situation: Situation, steps: readonly Step[]): OrderState | undefined {
  const { desired } = situation;
  if (desired.phase === 'idle') return undefined;
  if (desired.phase === 'stop') return steps.length === 0 ? 'STOPPED' : undefined;
  const { role, observed } = situation;
  const { order } = desired;
  const containers = role?.containers ?? [];
  const mine = observed.filter((each) => isOfOrder(each, order));
  const hasAll = (isRight: (container: ContainerSpec, found: ObservedContainer) => boolean): boolean =>
    containers.every((container) =>
      mine.some((each) => each.name === container.name && isRight(container, each)),
    );
  if (isOrderCompleted(containers, mine)) return 'COMPLETED';
  // What was prepared for others is let go once the user is served.
  const isForOthers = steps.every(({ kind }) => kind === 'remove');
  if (isForOthers && hasAll((container, found) => hasArrived(container, found, situation))) return 'SERVING';
  const isAwaited = steps.length > 0 && steps.every(({ kind }) => kind === 'await_ready');
  const isStarted = (container: ContainerSpec, found: ObservedContainer): boolean =>
    found.state === 'running' || hasArrived(container, found, situation);
  return isAwaited && hasAll(isStarted) ? 'STARTED' : 'STARTING';
}
