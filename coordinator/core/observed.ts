import { isLive } from './assignment-state.ts';
import type { Fault } from '../../proto/errors/faults.ts';
import { faultOf } from './fault.ts';
import type { Assignment, AttemptTimings, ContainerEnd, Endpoint, Instance, RoleOffer } from './model.ts';

export type OrderState =
  'DELIVERED' | 'STARTING' | 'STARTED' | 'SERVING' | 'FAILED' | 'COMPLETED' | 'STOPPED';

export interface ObservedOrder {
  assignmentId: string;
  state: OrderState;
  error: string;
  endpoints: Endpoint[];
  /** Who caused a failure; absent when the agent does not say. */
  fault?: Fault;
  containers: ContainerEnd[];
}

/** What an agent sees of its instance; always the whole of it. */
export interface Observed {
  generation: number;
  preparation: 'PREPARING' | 'READY' | 'FAILED' | undefined;
  preparationError: string;
  roles: RoleOffer[];
  order: ObservedOrder | undefined;
  /** When the provider takes the machine back, in milliseconds since the epoch; absent while it does not. */
  interruptTime?: number;
}

/** What an observed order means for the instance and the assignment that it carries out. */
export type OrderMeaning =
  | { kind: 'nothing' }
  /** Nothing of the user runs any more. */
  | { kind: 'stopped' }
  /** Its containers cannot be removed, or not yet. */
  | { kind: 'held'; reason: string }
  | { kind: 'completed' }
  | { kind: 'failed'; reason: string; fault: Fault }
  | {
      kind: 'progress';
      event: 'delivered' | 'starting' | 'serving';
      steps: readonly (keyof AttemptTimings)[];
    };

/** The event of each state, and the steps that have passed by then. */
const progress = {
  DELIVERED: { event: 'delivered', steps: ['delivered'] },
  STARTING: { event: 'starting', steps: ['delivered'] },
  STARTED: { event: 'starting', steps: ['delivered', 'started'] },
  SERVING: { event: 'serving', steps: ['delivered', 'started', 'ready'] },
} as const;

/** An instance speaks for the last assignment that it was taken for, and for no other. */
export function meaningOf(
  { instanceId, state: instanceState, lastAssignmentId }: Instance,
  assignment: Assignment | undefined,
  order: ObservedOrder,
): OrderMeaning {
  if (order.assignmentId !== lastAssignmentId) return { kind: 'nothing' };
  const { state } = order;
  if (instanceState === 'RELEASING') {
    if (state === 'STOPPED') return { kind: 'stopped' };
    return order.error === '' ? { kind: 'nothing' } : { kind: 'held', reason: order.error };
  }
  if (assignment?.instanceId !== instanceId || !isLive(assignment.state)) return { kind: 'nothing' };
  if (state === 'STOPPED') return { kind: 'nothing' };
  if (state === 'COMPLETED') return { kind: 'completed' };
  if (state === 'FAILED')
    return { kind: 'failed', reason: order.error, fault: faultOf(order.fault, order.error) };
  return { kind: 'progress', ...progress[state] };
}
