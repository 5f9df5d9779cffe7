import { deadlines } from '../../proto/deadlines.ts';
import { ParbakeError } from '../../proto/errors.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Dispatcher } from './dispatcher.ts';
import { assignFromProto, pageSizeFromProto, required } from './from-proto.ts';
import { timeLeft, unary } from './handlers.ts';
import { assignmentMessage } from './to-proto.ts';

/** Answered this long before the caller's deadline, in milliseconds, so that it hears why. */
const answerMargin = 50;

export function assignmentService(dispatcher: Dispatcher, logger: Logger): AssignmentServiceHandlers {
  return {
    Assign: unary(logger, 'Assign', async (request, call) => {
      const waitMs = Math.max(0, timeLeft(call.getDeadline(), deadlines.assign) - answerMargin);
      const { assignment, replayed } = await dispatcher.assign(assignFromProto(request), waitMs);
      return { assignment: assignmentMessage(assignment), replayed };
    }),
    GetAssignment: unary(logger, 'GetAssignment', ({ assignmentId }) => {
      const found = dispatcher.store.assignment(required('assignment_id', assignmentId, 128));
      if (found === undefined)
        throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
      return { assignment: assignmentMessage(found) };
    }),
    ListAssignments: unary(logger, 'ListAssignments', ({ user, liveOnly, pageSize, pageToken }) => {
      const limit = pageSizeFromProto(pageSize);
      const offset = Number(pageToken === '' ? 0 : pageToken);
      if (!Number.isSafeInteger(offset) || offset < 0)
        throw new ParbakeError('REQUEST_INVALID', 'page_token is not one of ours');
      const found = dispatcher.store.assignments({ user, liveOnly, offset, limit });
      return {
        assignments: found.map(assignmentMessage),
        nextPageToken: found.length < limit ? '' : String(offset + limit),
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
