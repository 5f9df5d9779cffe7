/** Where an instance is in its life, in the order of a life; see InstanceState in instance.proto. */
export const instanceStates = [
  /** Launched by us; its agent has not called yet. */
  'EXPECTED',
  /** Its agent has called. */
  'CHECKED_IN',
  /** Its agent prepares its roles. */
  'PREPARING',
  /** In the pool. */
  'READY',
  /** It belongs to a user. */
  'ASSIGNED',
  /** Its assignment has ended, and its agent removes the containers. */
  'RELEASING',
  /** We are done with it; the machine may still run. */
  'RETIRED',
  /** The provider says that it is gone. */
  'TERMINATED',
  /** It belongs to a user, and takes no other. */
  'DRAINING',
  /** It takes no assignment: it failed, or shares an identity. It is retired later. */
  'QUARANTINED',
  /** It could not be prepared; its agent tries again. */
  'FAILED',
  /** Silent, and the provider or an operator says that it does not run. */
  'LOST',
  /** It is being stopped, to wait in its pool. */
  'PARKING',
  /** It is stopped and can be started for its pool. */
  'PARKED',
] as const;

export type InstanceState = (typeof instanceStates)[number];

export type InstanceEvent =
  /** A new boot's check-in. `isUntouched`: no order ever reached it, so it may be used again. */
  | { kind: 'checked_in'; isUntouched?: boolean }
  | { kind: 'preparing' }
  | { kind: 'prepared' }
  | { kind: 'prepare_failed' }
  | { kind: 'assigned' }
  /** Its assignment has ended in some way. */
  | { kind: 'released' }
  /** The agent says that nothing of the user runs any more. */
  | { kind: 'stopped' }
  /** A duplicate identity, or a fault of the machine. */
  | { kind: 'quarantined' }
  | { kind: 'quarantine_cleared' }
  /** An operator wants no new assignment on it. */
  | { kind: 'drained' }
  | { kind: 'retired' }
  /** It is silent, and the provider or an operator says that it does not run. */
  | { kind: 'lost' }
  /** The provider says that it is gone. */
  | { kind: 'terminated' }
  | { kind: 'parking' }
  | { kind: 'parked' };

/** It has no user and may get one. */
export function isInPool(state: InstanceState): boolean {
  return state === 'CHECKED_IN' || state === 'PREPARING' || state === 'READY' || state === 'FAILED';
}

/** States of an instance that has a user's containers, or is about to. */
export const userStates = ['ASSIGNED', 'DRAINING', 'RELEASING'] as const satisfies readonly InstanceState[];

/** States of an instance whose agent is not expected to be heard of any more. */
export const goneStates = ['RETIRED', 'LOST', 'TERMINATED'] as const satisfies readonly InstanceState[];

export function hasUser(state: InstanceState): boolean {
  return userStates.some((one) => one === state);
}

export function isGone(state: InstanceState): boolean {
  return goneStates.some((one) => one === state);
}

/** Its agent must remove the user's containers and start no others. */
export function isToStop(state: InstanceState): boolean {
  return state === 'RELEASING' || state === 'QUARANTINED' || isGone(state);
}

export interface IllegalEvent {
  illegal: string;
}

type Next = Partial<Record<InstanceState, InstanceState>>;

const poolTo = (state: InstanceState): Next => ({
  CHECKED_IN: state,
  PREPARING: state,
  READY: state,
  FAILED: state,
});

const next: Record<InstanceEvent['kind'], Next> = {
  // A machine that had a user never comes back to the pool, so a reboot leaves those states alone.
  checked_in: {
    ...poolTo('CHECKED_IN'),
    EXPECTED: 'CHECKED_IN',
    PARKING: 'CHECKED_IN',
    PARKED: 'CHECKED_IN',
    ASSIGNED: 'ASSIGNED',
    RELEASING: 'RELEASING',
    DRAINING: 'DRAINING',
    QUARANTINED: 'QUARANTINED',
    RETIRED: 'RETIRED',
    TERMINATED: 'TERMINATED',
    // Whoever declared it lost was wrong; its assignment has moved on.
    LOST: 'RETIRED',
  },
  preparing: poolTo('PREPARING'),
  prepared: poolTo('READY'),
  prepare_failed: poolTo('FAILED'),
  assigned: { READY: 'ASSIGNED' },
  released: { ASSIGNED: 'RELEASING', DRAINING: 'RELEASING' },
  stopped: { RELEASING: 'RETIRED' },
  quarantined: {
    ...poolTo('QUARANTINED'),
    EXPECTED: 'QUARANTINED',
    ASSIGNED: 'QUARANTINED',
    DRAINING: 'QUARANTINED',
    RELEASING: 'QUARANTINED',
    QUARANTINED: 'QUARANTINED',
  },
  quarantine_cleared: { QUARANTINED: 'CHECKED_IN' },
  drained: { ...poolTo('RETIRED'), EXPECTED: 'RETIRED', ASSIGNED: 'DRAINING', DRAINING: 'DRAINING' },
  retired: {
    ...poolTo('RETIRED'),
    EXPECTED: 'RETIRED',
    RELEASING: 'RETIRED',
    QUARANTINED: 'RETIRED',
    LOST: 'RETIRED',
    PARKING: 'RETIRED',
    PARKED: 'RETIRED',
    RETIRED: 'RETIRED',
  },
  lost: {
    ...poolTo('LOST'),
    EXPECTED: 'LOST',
    ASSIGNED: 'LOST',
    DRAINING: 'LOST',
    RELEASING: 'LOST',
    QUARANTINED: 'LOST',
    PARKING: 'LOST',
    PARKED: 'LOST',
    LOST: 'LOST',
  },
  terminated: Object.fromEntries(instanceStates.map((state) => [state, 'TERMINATED'])),
  parking: { READY: 'PARKING' },
  parked: { PARKING: 'PARKED' },
};

/** The state after an event, or why the event cannot happen in this state. */
export function instanceAfter(state: InstanceState, event: InstanceEvent): InstanceState | IllegalEvent {
  // Passed over before an order reached it: nobody's containers were ever on it.
  if (event.kind === 'checked_in' && event.isUntouched === true && state === 'RELEASING') return 'CHECKED_IN';
  return next[event.kind][state] ?? { illegal: `an instance that is ${state} cannot be ${event.kind}` };
}
