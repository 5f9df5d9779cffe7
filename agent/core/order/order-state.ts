import { isOfOrder } from './order.ts';
import type { ObservedContainer, Situation, Step } from './planner.ts';

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
  | 'STOPPED';

/** Whether nothing is being done for the order any more. */
export function isSettled(state: OrderState | undefined): boolean {
  return state === 'SERVING' || state === 'FAILED' || state === 'STOPPED';
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
  if (steps.length === 0) return 'SERVING';
  const { ready } = situation;
  // What was prepared for others is let go once the user is served.
  const isForOthers = steps.every(({ kind }) => kind === 'remove');
  if (isForOthers && hasAll(situation, ({ id }) => ready.has(id))) return 'SERVING';
  const isAwaited = steps.every(({ kind }) => kind === 'await_ready');
  return isAwaited && hasAll(situation, ({ state }) => state === 'running') ? 'STARTED' : 'STARTING';
}

/** Whether each container of the order's role is there and as it should be. */
function hasAll(
  { desired, role, observed }: Situation,
  isRight: (container: ObservedContainer) => boolean,
): boolean {
  if (desired.phase !== 'run') return false;
  const { order } = desired;
  const mine = observed.filter((each) => isOfOrder(each, order));
  return (role?.containers ?? []).every(({ name }) =>
    mine.some((each) => each.name === name && isRight(each)),
  );
}
