/** Where an instance is in its life; see InstanceState in instance.proto. */
export type InstanceState =
  /** Launched by us; its agent has not called yet. */
  | 'EXPECTED'
  /** Its agent has called. */
  | 'CHECKED_IN'
  /** Its agent prepares its roles. */
  | 'PREPARING'
  /** In the pool. */
  | 'READY'
  /** It belongs to a user. */
  | 'ASSIGNED'
  /** Its containers are being taken down. */
  | 'RELEASING'
  /** Over. */
  | 'TERMINATED'
  /** Takes no new assignment. */
  | 'DRAINING'
  /** For a person to look at. */
  | 'QUARANTINED'
  /** Could not be prepared. */
  | 'FAILED';

export type InstanceEvent =
  /** A new boot's check-in. */
  | { kind: 'checked_in' }
  | { kind: 'preparing' }
  | { kind: 'prepared' }
  | { kind: 'prepare_failed' }
  | { kind: 'assigned' }
  | { kind: 'released' }
  /** The agent says that nothing of the user runs any more. */
  | { kind: 'stopped' }
  /** A duplicate identity, or a container that did not come up. */
  | { kind: 'quarantined' };

/** It has no user and may get one. */
export function isInPool(state: InstanceState): boolean {
  return state === 'CHECKED_IN' || state === 'PREPARING' || state === 'READY' || state === 'FAILED';
}

/** Its agent is not expected to be heard of any more. */
export function isGone(state: InstanceState): boolean {
  return state === 'TERMINATED';
}

export interface IllegalEvent {
  illegal: string;
}

const next: Record<InstanceEvent['kind'], Partial<Record<InstanceState, InstanceState>>> = {
  // A machine that had a user never comes back to the pool, so a reboot leaves those states alone.
  checked_in: {
    EXPECTED: 'CHECKED_IN',
    CHECKED_IN: 'CHECKED_IN',
    PREPARING: 'CHECKED_IN',
    READY: 'CHECKED_IN',
    FAILED: 'CHECKED_IN',
    ASSIGNED: 'ASSIGNED',
    RELEASING: 'RELEASING',
    DRAINING: 'DRAINING',
    QUARANTINED: 'QUARANTINED',
    TERMINATED: 'TERMINATED',
  },
  preparing: { CHECKED_IN: 'PREPARING', PREPARING: 'PREPARING', READY: 'PREPARING', FAILED: 'PREPARING' },
  prepared: { CHECKED_IN: 'READY', PREPARING: 'READY', READY: 'READY', FAILED: 'READY' },
  prepare_failed: { CHECKED_IN: 'FAILED', PREPARING: 'FAILED', READY: 'FAILED', FAILED: 'FAILED' },
  assigned: { READY: 'ASSIGNED' },
  released: { ASSIGNED: 'RELEASING' },
  stopped: { RELEASING: 'TERMINATED' },
  quarantined: {
    EXPECTED: 'QUARANTINED',
    CHECKED_IN: 'QUARANTINED',
    PREPARING: 'QUARANTINED',
    READY: 'QUARANTINED',
    ASSIGNED: 'QUARANTINED',
    FAILED: 'QUARANTINED',
    QUARANTINED: 'QUARANTINED',
  },
};

/** The state after an event, or why the event cannot happen in this state. */
export function instanceAfter(state: InstanceState, event: InstanceEvent): InstanceState | IllegalEvent {
  return next[event.kind][state] ?? { illegal: `an instance that is ${state} cannot be ${event.kind}` };
}
