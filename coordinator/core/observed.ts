import { isOver } from './assignment-state.ts';
import type { Assignment, Endpoint, RoleOffer, Timings } from './model.ts';

export type OrderState = 'DELIVERED' | 'STARTING' | 'STARTED' | 'SERVING' | 'FAILED' | 'STOPPED';

export interface ObservedOrder {
  assignmentId: string;
  state: OrderState;
  error: string;
  endpoints: Endpoint[];
}

/** What an agent sees of its instance; always the whole of it. */
export interface Observed {
  generation: number;
  preparation: 'PREPARING' | 'READY' | 'FAILED' | undefined;
  preparationError: string;
  roles: RoleOffer[];
  order: ObservedOrder | undefined;
}

/** What an observed order means for the assignment that it carries out. */
export type OrderMeaning =
  | { kind: 'nothing' }
  | { kind: 'stopped' }
  | { kind: 'failed'; reason: string }
  | { kind: 'progress'; event: 'delivered' | 'starting' | 'serving'; steps: readonly (keyof Timings)[] };

/** The event of each state, and the steps that have passed by then. */
const progress = {
  DELIVERED: { event: 'delivered', steps: ['delivered'] },
  STARTING: { event: 'starting', steps: ['delivered'] },
  STARTED: { event: 'starting', steps: ['delivered', 'started'] },
  SERVING: { event: 'serving', steps: ['delivered', 'started', 'ready'] },
} as const;

/** An instance speaks for the assignment that it is taken for, and for no other. */
export function meaningOf(
  assignment: Assignment | undefined,
  instanceId: string,
  order: ObservedOrder,
): OrderMeaning {
  if (assignment?.instanceId !== instanceId || isOver(assignment.state)) return { kind: 'nothing' };
  const { state } = order;
  if (assignment.state === 'RELEASING') return { kind: state === 'STOPPED' ? 'stopped' : 'nothing' };
  if (state === 'STOPPED') return { kind: 'nothing' };
  if (state === 'FAILED') return { kind: 'failed', reason: order.error };
  return { kind: 'progress', ...progress[state] };
}
