import type { IllegalEvent } from './instance-state.ts';

/** Where an assignment is in its life; see AssignmentState in assignment.proto. */
export type AssignmentState =
  /** Accepted; no instance yet, or the last one failed and another is sought. */
  | 'PENDING'
  /** An instance is taken. */
  | 'CLAIMED'
  /** Its agent has the order. */
  | 'DELIVERED'
  /** Containers are being started. */
  | 'STARTING'
  /** Every readiness check held. */
  | 'SERVING'
  /** Containers are being taken down. */
  | 'RELEASING'
  /** Over. */
  | 'RELEASED'
  /** No instance could serve it. */
  | 'FAILED'
  /** Not served in its time. */
  | 'EXPIRED';

export type AssignmentEvent =
  | { kind: 'claimed' }
  | { kind: 'delivered' }
  | { kind: 'starting' }
  | { kind: 'serving' }
  /** The instance failed and another may be tried. */
  | { kind: 'attempt_failed' }
  /** No attempt is left. */
  | { kind: 'failed' }
  | { kind: 'release' }
  | { kind: 'stopped' };

/** States in which an instance is taken. */
export const liveStates = ['CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING'] as const;

/**
 * What an agent observes comes whole and may skip steps, and may repeat what is known already: it moves an
 * assignment forward, never back.
 */
const forward = ['CLAIMED', 'DELIVERED', 'STARTING', 'SERVING'] as const;
const observed = { delivered: 'DELIVERED', starting: 'STARTING', serving: 'SERVING' } as const;

const next: Record<
  'claimed' | 'attempt_failed' | 'failed' | 'release' | 'stopped',
  Partial<Record<AssignmentState, AssignmentState>>
> = {
  claimed: { PENDING: 'CLAIMED' },
  attempt_failed: { CLAIMED: 'PENDING', DELIVERED: 'PENDING', STARTING: 'PENDING', SERVING: 'PENDING' },
  failed: {
    CLAIMED: 'FAILED',
    DELIVERED: 'FAILED',
    STARTING: 'FAILED',
    SERVING: 'FAILED',
    PENDING: 'FAILED',
  },
  release: {
    PENDING: 'RELEASED',
    CLAIMED: 'RELEASING',
    DELIVERED: 'RELEASING',
    STARTING: 'RELEASING',
    SERVING: 'RELEASING',
  },
  stopped: { RELEASING: 'RELEASED' },
};

/** The state after an event, or why the event cannot happen in this state. */
export function assignmentAfter(
  state: AssignmentState,
  event: AssignmentEvent,
): AssignmentState | IllegalEvent {
  const illegal = { illegal: `an assignment that is ${state} cannot be ${event.kind}` };
  if (event.kind === 'delivered' || event.kind === 'starting' || event.kind === 'serving') {
    const from = forward.findIndex((known) => known === state);
    const to = forward.indexOf(observed[event.kind]);
    return from < 0 ? illegal : (forward[Math.max(from, to)] ?? illegal);
  }
  return next[event.kind][state] ?? illegal;
}

export function isLive(state: AssignmentState): boolean {
  return liveStates.some((live) => live === state);
}

/** Whether nothing more will happen to it. */
export function isOver(state: AssignmentState): boolean {
  return state === 'RELEASED' || state === 'FAILED' || state === 'EXPIRED';
}
