import { deadlines } from '../../proto/wire/deadlines.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Assignment } from '../core/model.ts';
import type { Assignments } from '../fleet/assigner.ts';
import type { RequestUseCases } from '../store/requests.ts';
import {
  enumFromProto,
  invalid,
  pageOf,
  pageSizeFromProto,
  positionFromProto,
  required,
} from './from-proto/parts.ts';
import { timeLeft, unary } from './handlers.ts';
import { assignmentMessage } from './to-proto.ts';
import { assignFromProto } from './from-proto/assign.ts';

/**
 * Answered before the caller's deadline, so that it hears why: a share of the time it gave, in milliseconds at least
 * and at most. Many give up at the same moment.
 */
const answerMargin = { share: 0.05, least: 50, most: 1_000 };

export function assignmentService(
  assignments: Assignments,
  store: Pick<RequestUseCases, 'assignment' | 'assignments'>,
  logger: Logger,
): AssignmentServiceHandlers {
  return {
    Assign: unary(logger, 'Assign', async (request, call, gone) => {
      const left = timeLeft(call.getDeadline(), deadlines.assign);
      const { share, least, most } = answerMargin;
      const waitMs = Math.max(0, left - Math.min(most, Math.max(least, left * share)));
      const { assignment, replayed } = await assignments.assign(
        assignFromProto(request, call.metadata),
        waitMs,
        gone,
      );
      return { assignment: assignmentMessage(assignment), replayed };
    }),
    GetAssignment: unary(logger, 'GetAssignment', async ({ lookup, assignmentId = '' }) => {
      if (lookup === 'requestId') throw invalid('request_id', 'is not supported yet');
      const found = await store.assignment(required('assignment_id', assignmentId, 128));
      if (found === undefined) throw assignmentNotFound(assignmentId);
      return { assignment: assignmentMessage(found) };
    }),
    ListAssignments: unary(logger, 'ListAssignments', async (request) => {
      const { user, liveOnly, pageToken } = request;
      const size = pageSizeFromProto(request.pageSize);
      // Refused rather than ignored while nothing acts on them.
      for (const field of ['environment', 'role', 'instanceId'] as const)
        if (request[field] !== '') throw invalid(field, 'is not supported yet');
      if (enumFromProto('state', request.state) !== 'ASSIGNMENT_STATE_UNSPECIFIED')
        throw invalid('state', 'is not supported yet');
      const wanted = { user, liveOnly, ...positionFromProto(pageToken), limit: size + 1 };
      const found = await store.assignments(wanted);
      const tokenOf = ({ createTime, assignmentId }: Assignment): string => `${createTime}.${assignmentId}`;
      const { items, nextPageToken } = pageOf(found, size, tokenOf);
      return { assignments: items.map(assignmentMessage), nextPageToken };
    }),
    Release: unary(logger, 'Release', async ({ assignmentId }) => {
      const { assignment, alreadyReleased } = await assignments.release(
        required('assignment_id', assignmentId, 128),
      );
      return { assignment: assignmentMessage(assignment), alreadyReleased };
    }),
  };
}
