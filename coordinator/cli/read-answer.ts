import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { AssignmentTimings__Output } from '../../proto/gen/parbake/v1/AssignmentTimings.ts';
import { defined } from '../../proto/errors/defined.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { AssignmentState } from '../core/assignment-state.ts';
import type { Timings } from '../core/model.ts';
import { answerSentence } from '../insight/answer.ts';
import { stateName } from '../insight/format.ts';
import type { TimelineSpan } from '../insight/timeline.ts';
import { placedSteps, usualWait, type UsualWait } from '../insight/wait.ts';
import type { Clients } from './client.ts';

/** How many assignments of a role say what is usual. */
const lastOfRole = 200;

/** What is usual for a role, of the assignments that the caller may see. */
export async function readUsual(
  { assignments }: Pick<Clients, 'assignments'>,
  role: string,
): Promise<UsualWait | undefined> {
  const { assignments: last } = await assignments.listAssignments({ role, pageSize: lastOfRole });
  return usualWait(last.map(({ timings, attempt }) => ({ timings: timingsOf(timings), attempts: attempt })));
}

/**
 * Says in one sentence how long an assignment's caller waited, and for what.
 * @param spans on the coordinator's clock
 */
export function answerOf(
  assignment: Assignment__Output,
  spans: readonly (TimelineSpan & { assignmentId: string })[],
  usual: UsualWait | undefined,
  now: number,
): string {
  const { assignmentId, role, attempt } = assignment;
  const createTime = millisecondsOf(assignment.createTime) ?? now;
  const own = spans.filter((span) => span.assignmentId === assignmentId);
  return answerSentence({
    state: stateName(assignment.state) as AssignmentState,
    role,
    reason: reasonText(assignment),
    timings: timingsOf(assignment.timings),
    attempts: attempt,
    ageMs: Math.max(0, now - createTime),
    spans: own,
    placed: placedSteps(own, createTime),
    usual,
  });
}

function timingsOf(timings: AssignmentTimings__Output | null): Timings {
  return defined({
    claimed: millisecondsOf(timings?.claimed),
    queued: millisecondsOf(timings?.queued),
    delivered: millisecondsOf(timings?.delivered),
    started: millisecondsOf(timings?.started),
    ready: millisecondsOf(timings?.ready),
    routed: millisecondsOf(timings?.routed),
  });
}
