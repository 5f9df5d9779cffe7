import type { AssignmentState } from '../../core/assignment-state.ts';
import type { InstanceState } from '../../core/instance-state.ts';
import type {
  Assignment,
  Attempt,
  Ec2Facts,
  Endpoint,
  Facts,
  Instance,
  RoleOffer,
  Timings,
  Wait,
} from '../../core/model.ts';
import type { RouteRequest } from '../../core/route.ts';

/** Rows as domain objects. What is JSON in a column was written by this store from the same types. */
export function toInstance(row: Row): Instance {
  const ec2 = text(row, 'ec2');
  return {
    instanceId: text(row, 'instance_id'),
    state: text(row, 'state') as InstanceState,
    connected: number(row, 'connected') === 1,
    stateReason: text(row, 'state_reason'),
    facts: JSON.parse(text(row, 'facts')) as Facts,
    roles: JSON.parse(text(row, 'roles')) as RoleOffer[],
    generation: number(row, 'generation'),
    observedGeneration: number(row, 'observed_generation'),
    checkInTime: number(row, 'check_in_time'),
    lastSeenTime: number(row, 'last_seen_time'),
    sessionId: text(row, 'session_id'),
    sessionReplica: text(row, 'session_replica'),
    sessionSteady: number(row, 'session_steady'),
    stateTime: number(row, 'state_time'),
    stateSteady: number(row, 'state_steady'),
    lastAssignmentId: text(row, 'last_assignment'),
    hadUser: number(row, 'had_user') === 1,
    ...(ec2 === '' ? {} : { ec2: JSON.parse(ec2) as Ec2Facts }),
    ...(row['clock_time'] === null ? {} : { clock: toClock(row) }),
  };
}

function toClock(row: Row): NonNullable<Instance['clock']> {
  return {
    offsetMs: number(row, 'clock_offset_ms'),
    uncertaintyMs: number(row, 'clock_uncertainty_ms'),
    at: number(row, 'clock_time'),
  };
}

export function toAssignment(row: Row): Assignment {
  return {
    assignmentId: text(row, 'assignment_id'),
    owner: text(row, 'owner'),
    requestId: text(row, 'request_id'),
    fingerprint: text(row, 'fingerprint'),
    contentHash: text(row, 'content_hash'),
    user: text(row, 'user'),
    role: text(row, 'role'),
    environment: text(row, 'environment'),
    env: JSON.parse(text(row, 'env')) as Record<string, string>,
    files: JSON.parse(text(row, 'files')) as Record<string, string>,
    state: text(row, 'state') as AssignmentState,
    instanceId: text(row, 'instance_id'),
    endpoints: JSON.parse(text(row, 'endpoints')) as Endpoint[],
    createTime: number(row, 'create_time'),
    receivedSteady: number(row, 'received_steady'),
    releaseTime: number(row, 'release_time'),
    expireTime: number(row, 'expire_time'),
    replaces: text(row, 'replaces'),
    pendingSteady: number(row, 'pending_steady'),
    wait: text(row, 'wait') as Wait,
    isAnswered: number(row, 'answered') === 1,
    isAbandoned: number(row, 'abandoned') === 1,
    attempt: number(row, 'attempt'),
    attempts: JSON.parse(text(row, 'attempts')) as Attempt[],
    failureReason: text(row, 'failure_reason'),
    timings: JSON.parse(text(row, 'timings')) as Timings,
    traceparent: text(row, 'traceparent'),
    tracestate: text(row, 'tracestate'),
    routes: JSON.parse(text(row, 'routes')) as RouteRequest[],
    isStopHeld: number(row, 'stop_held') === 1,
  };
}

export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

export function number(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

export type Row = Record<string, unknown>;

/** @param states of our own code, so none needs quoting. @returns what follows `IN` in a query */
export function sqlList(states: readonly (AssignmentState | InstanceState)[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}
