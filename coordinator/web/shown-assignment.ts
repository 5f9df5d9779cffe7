import { defined } from '../../proto/errors/defined.ts';
import type { Assignment } from '../core/model.ts';
import { answerSentence } from '../insight/answer.ts';
import type { TimelineSpan } from '../insight/timeline.ts';
import { placedSteps, waitOf, type UsualWait } from '../insight/wait.ts';
import type { AssignmentRow, ShownAssignment } from './documents.ts';

export function assignmentRow(assignment: Assignment): AssignmentRow {
  const { assignmentId, user, role, environment, state, instanceId, timings } = assignment;
  const { attempts, failureReason: reason, createTime, releaseTime } = assignment;
  const served = timings.ready === undefined ? undefined : waitOf(timings, attempts.length);
  return {
    ...{ assignmentId, user, role, environment, state, instanceId, reason, createTime, releaseTime },
    attempts: attempts.length,
    ...defined({ waitMs: served?.totalMs }),
  };
}

/**
 * @param spans what its instance reported of it, on the coordinator's clock
 * @param usual what is usual for its role
 */
export function shownAssignment(
  assignment: Assignment,
  spans: readonly TimelineSpan[],
  usual: UsualWait | undefined,
  now: number,
): ShownAssignment {
  const { owner, expireTime, timings, role, state, attempts, endpoints } = assignment;
  const placed = placedSteps(spans, assignment.createTime);
  const asked = { state, role, timings, attempts: attempts.length, spans, usual, placed };
  return {
    ...assignmentRow(assignment),
    owner,
    expireTime,
    timings,
    sentence: answerSentence({
      ...asked,
      reason: assignment.failureReason,
      ageMs: Math.max(0, now - assignment.createTime),
    }),
    ...defined({ wait: waitOf(timings, attempts.length, placed), usual }),
    tries: attempts.map(
      ({ number, instanceId, startTime, endTime, outcome, fault = '', reason, ...attempt }) => ({
        ...{ number, instanceId, startTime, endTime, outcome, fault, reason },
        timings: attempt.timings,
      }),
    ),
    endpoints,
  };
}
