import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { AssignmentState__Output as StateName } from '../../proto/gen/parbake/v1/AssignmentState.ts';
import type { AssignmentState } from '../core/assignment-state.ts';
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
import { WaitingCalls } from './waiting-calls.ts';
import { assignmentMessage } from './assignment-message.ts';
import { assignFromProto, ttlFromProto } from './from-proto/assign.ts';

/**
 * Answered before the caller's deadline, so that it hears why: a share of the time it gave, in milliseconds at least
 * and at most. Many give up at the same moment.
 */
const answerMargin = { share: 0.05, least: 50, most: 1_000 };

export function assignmentService(
  assignments: Assignments,
  store: Pick<RequestUseCases, 'assignment' | 'assignmentByRequest' | 'assignments'>,
  logger: Logger,
): AssignmentServiceHandlers {
  const waiting = new WaitingCalls();
  return {
    Assign: unary(logger, 'Assign', async (request, call, gone) => {
      const left = timeLeft(call.getDeadline(), deadlines.assign);
      const { share, least, most } = answerMargin;
      const waitMs = Math.max(0, left - Math.min(most, Math.max(least, left * share)));
      const wanted = assignFromProto(request, call.metadata);
      const { assignment, replayed, existing } = await waiting.wait(call.getPeer(), () =>
        assignments.assign(wanted, waitMs, gone),
      );
      return { assignment: assignmentMessage(assignment), replayed, existing };
    }),
    GetAssignment: unary(logger, 'GetAssignment', async ({ lookup, assignmentId = '', requestId = '' }) => {
      const isByRequest = lookup === 'requestId';
      const found = isByRequest
        ? await store.assignmentByRequest(required('request_id', requestId, 128))
        : await store.assignment(required('assignment_id', assignmentId, 128));
      if (found === undefined && isByRequest)
        throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `no assignment has request id ${requestId}`);
      if (found === undefined) throw assignmentNotFound(assignmentId);
      return { assignment: assignmentMessage(found) };
    }),
    ListAssignments: unary(logger, 'ListAssignments', async (request) => {
      const { user, role, environment, instanceId, liveOnly, pageToken } = request;
      const size = pageSizeFromProto(request.pageSize);
      const wanted = {
        ...{ user, role, environment, instanceId, liveOnly, ...stateFromProto(request.state) },
        ...{ ...positionFromProto(pageToken), limit: size + 1 },
      };
      const found = await store.assignments(wanted);
      const tokenOf = ({ createTime, assignmentId }: Assignment): string => `${createTime}.${assignmentId}`;
      const { items, nextPageToken } = pageOf(found, size, tokenOf);
      return { assignments: items.map(assignmentMessage), nextPageToken };
    }),
    ExtendAssignment: unary(logger, 'ExtendAssignment', async ({ assignmentId, ttl }) => {
      const id = required('assignment_id', assignmentId, 128);
      const ttlMs = ttlFromProto('ttl', ttl);
      if (ttlMs === undefined) throw invalid('ttl', 'is required');
      return { assignment: assignmentMessage(await assignments.extend(id, ttlMs)) };
    }),
    Release: unary(logger, 'Release', async ({ assignmentId }) => {
      const { assignment, alreadyReleased } = await assignments.release(
        required('assignment_id', assignmentId, 128),
      );
      return { assignment: assignmentMessage(assignment), alreadyReleased };
    }),
  };
}

/** @returns nothing to filter by when the state is UNSPECIFIED */
function stateFromProto(value: StateName): { state?: AssignmentState } {
  const state = enumFromProto('state', value);
  if (state === 'ASSIGNMENT_STATE_UNSPECIFIED') return {};
  return { state: state.replace('ASSIGNMENT_STATE_', '') as AssignmentState };
}
