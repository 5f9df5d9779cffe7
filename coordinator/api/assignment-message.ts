import type { Assignment as AssignmentMessage } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Attempt as AttemptMessage } from '../../proto/gen/parbake/v1/Attempt.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { durationOf, type ProtoTime } from '../../proto/wire/time.ts';
import type { Assignment, Attempt } from '../core/model.ts';
import { routeRequestMessage } from './route-message.ts';
import { timestamp } from './to-proto.ts';

export function assignmentMessage(assignment: Assignment): AssignmentMessage {
  const { claimed, delivered, started, ready, queued, routed } = assignment.timings;
  return {
    assignmentId: assignment.assignmentId,
    owner: assignment.owner,
    requestId: assignment.requestId,
    user: assignment.user,
    role: assignment.role,
    environment: assignment.environment,
    state: `ASSIGNMENT_STATE_${assignment.state}`,
    instanceId: assignment.instanceId,
    endpoints: assignment.endpoints,
    createTime: timestamp(assignment.createTime),
    releaseTime: timestamp(assignment.releaseTime),
    expireTime: timestamp(assignment.expireTime),
    attempt: assignment.attempt,
    ...reasonFrom(assignment.failureReason),
    timings: {
      claimed: duration(claimed),
      delivered: duration(delivered),
      started: duration(started),
      ready: duration(ready),
      queued: duration(queued),
      routed: duration(routed),
    },
    attempts: assignment.attempts.map(attemptMessage),
    routes: assignment.routes.map(routeRequestMessage),
  };
}

function attemptMessage(attempt: Attempt): AttemptMessage {
  const { number, instanceId, startTime, endTime, timings, outcome, fault, reason, containers } = attempt;
  const { delivered, started, ready } = timings;
  return {
    number,
    instanceId,
    startTime: timestamp(startTime),
    endTime: timestamp(endTime),
    timings: { delivered: duration(delivered), started: duration(started), ready: duration(ready) },
    outcome: `ATTEMPT_OUTCOME_${outcome}`,
    fault: fault === undefined ? 'FAULT_UNSPECIFIED' : `FAULT_${fault}`,
    ...reasonFrom(reason),
    containers: containers.map((end) => ({ ...end, endTime: timestamp(end.endTime) })),
  };
}

function duration(ms: number | undefined): ProtoTime | null {
  return durationOf(ms) ?? null;
}
