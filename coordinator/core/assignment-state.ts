import type { IllegalEvent } from './instance-state.ts';

/** Where an assignment is in its life; see AssignmentState in assignment.proto. */
export const assignmentStates = [
  /** Accepted; no instance yet, or the last one failed and another is sought. */
  'PENDING',
  /** An instance is taken. */
  'CLAIMED',
  /** Its agent has the order. */
  'DELIVERED',
  /** Containers are being started. */
  'STARTING',
  /** Every readiness check passed. */
  'SERVING',
  /** Containers are being removed. */
  'RELEASING',
  /** Released by the caller or an operator. */
  'RELEASED',
  /** Its essential containers exited by themselves with 0. */
  'COMPLETED',
  /** It could not be served, or what served it failed. */
  'FAILED',
  /** Its time to live is over. */
  'EXPIRED',
] as const;

export type AssignmentState = (typeof assignmentStates)[number];

export type AssignmentEvent =
  | { kind: 'claimed' }
  | { kind: 'delivered' }
  | { kind: 'starting' }
  | { kind: 'serving' }
  /** The machine failed and another may be tried. */
  | { kind: 'attempt_failed' }
  /** The agent did not confirm the order in time; the next instance is tried. */
  | { kind: 'undelivered' }
  /** No attempt is left, or another one would not help. */
  | { kind: 'failed' }
  | { kind: 'completed' }
  | { kind: 'expired' }
  | { kind: 'extended' }
  | { kind: 'release' }
  | { kind: 'stopped' };

/**
 * States that an agent's observations move an assignment through: always forward, never back. They may skip steps and
 * repeat what is known.
 */
const forward = ['CLAIMED', 'DELIVERED', 'STARTING', 'SERVING'] as const satisfies readonly AssignmentState[];

/** States in which an instance is taken. */
export const liveStates = [...forward, 'RELEASING'] as const satisfies readonly AssignmentState[];

/** States of an assignment that belongs to its user and is to go on. */
export const ownedStates = ['PENDING', ...forward] as const satisfies readonly AssignmentState[];

/** States after which nothing more happens. */
export const overStates = [
  'RELEASED',
  'COMPLETED',
  'FAILED',
  'EXPIRED',
] as const satisfies readonly AssignmentState[];
const observed = { delivered: 'DELIVERED', starting: 'STARTING', serving: 'SERVING' } as const;

type Next = Partial<Record<AssignmentState, AssignmentState>>;

const takenTo = (state: AssignmentState): Next => ({
  CLAIMED: state,
  DELIVERED: state,
  STARTING: state,
  SERVING: state,
});

const next: Record<Exclude<AssignmentEvent['kind'], keyof typeof observed>, Next> = {
  claimed: { PENDING: 'CLAIMED' },
  attempt_failed: takenTo('PENDING'),
  undelivered: { CLAIMED: 'PENDING' },
  failed: { ...takenTo('FAILED'), PENDING: 'FAILED' },
  completed: takenTo('COMPLETED'),
  expired: { ...takenTo('EXPIRED'), PENDING: 'EXPIRED' },
  extended: Object.fromEntries(ownedStates.map((state) => [state, state])),
  release: { ...takenTo('RELEASING'), PENDING: 'RELEASED' },
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

/** Whether it belongs to its user and is to go on. */
export function isOwned(state: AssignmentState): boolean {
  return ownedStates.some((owned) => owned === state);
}

/** Whether an instance is taken for it. */
export function isLive(state: AssignmentState): boolean {
  return liveStates.some((live) => live === state);
}

/** Whether nothing more will happen to it. */
export function isOver(state: AssignmentState): boolean {
  return overStates.some((over) => over === state);
}
