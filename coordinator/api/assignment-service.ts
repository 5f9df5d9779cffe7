import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Assigner } from '../fleet/assigner.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import { pageSizeFromProto, positionFromProto, required } from './from-proto/parts.ts';
import { timeLeft, unary } from './handlers.ts';
import { assignmentMessage } from './to-proto.ts';
import { assignFromProto } from './from-proto/assign.ts';

/**
 * Answered before the caller's deadline, so that it hears why: a share of the time it gave, in milliseconds at least
 * and at most. Many give up at the same moment.
 */
const answerMargin = { share: 0.05, least: 50, most: 1_000 };

export function assignmentService(
  dispatcher: Dispatcher,
  assigner: Assigner,
  logger: Logger,
): AssignmentServiceHandlers {
  const { assignments } = dispatcher.store;
  return {
    Assign: unary(logger, 'Assign', async (request, call) => {
      const left = timeLeft(call.getDeadline(), deadlines.assign);
      const { share, least, most } = answerMargin;
      const waitMs = Math.max(0, left - Math.min(most, Math.max(least, left * share)));
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort());
      const { assignment, replayed } = await assigner.assign(
        assignFromProto(request, call.metadata),
        waitMs,
        gone.signal,
      );
      return { assignment: assignmentMessage(assignment), replayed };
    }),
    GetAssignment: unary(logger, 'GetAssignment', ({ assignmentId }) => {
      const found = assignments.get(required('assignment_id', assignmentId, 128));
      if (found === undefined)
        throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
      return { assignment: assignmentMessage(found) };
    }),
    ListAssignments: unary(logger, 'ListAssignments', ({ user, liveOnly, pageSize, pageToken }) => {
      const limit = pageSizeFromProto(pageSize);
      const found = assignments.list({ user, liveOnly, ...positionFromProto(pageToken), limit });
      const last = found.length < limit ? undefined : found.at(-1);
      return {
        assignments: found.map(assignmentMessage),
        nextPageToken: last === undefined ? '' : `${last.createTime}.${last.assignmentId}`,
      };
    }),
    Release: unary(logger, 'Release', ({ assignmentId }) => {
      const { assignment, alreadyReleased } = dispatcher.release(
        required('assignment_id', assignmentId, 128),
      );
      return { assignment: assignmentMessage(assignment), alreadyReleased };
    }),
  };
}
