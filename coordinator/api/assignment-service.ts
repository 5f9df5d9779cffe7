import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { afterRelease } from '../core/after-release.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import type { Assignment } from '../core/model.ts';
import type { Assignments } from '../fleet/assigner.ts';
import type { LastOutputs } from '../fleet/last-outputs.ts';
import type { UseCases } from '../store/store.ts';
import { assignmentsFromProto } from './from-proto/lists.ts';
import { invalid, pageOf, readAll, required } from './from-proto/parts.ts';
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
  store: Pick<UseCases, 'assignment' | 'assignmentByRequest' | 'assignments' | 'instance'>,
  outputs: Pick<LastOutputs, 'of'>,
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
      return { assignment: { ...assignmentMessage(found), lastOutput: outputs.of(found) } };
    }),
    ListAssignments: unary(logger, 'ListAssignments', async (request) => {
      const { size, ...wanted } = assignmentsFromProto(request);
      const found = await store.assignments({ ...wanted, limit: size + 1 });
      const tokenOf = ({ createTime, assignmentId }: Assignment): string => `${createTime}.${assignmentId}`;
      const { items, nextPageToken } = pageOf(found, size, tokenOf);
      return { assignments: items.map(assignmentMessage), nextPageToken };
    }),
    ExtendAssignment: unary(logger, 'ExtendAssignment', async ({ assignmentId, ttl }) => {
      const { id, ttlMs } = readAll({
        id: () => required('assignment_id', assignmentId, 128),
        ttlMs: () => requiredTtl(ttl),
      });
      return { assignment: assignmentMessage(await assignments.extend(id, ttlMs)) };
    }),
    Release: unary(logger, 'Release', async ({ assignmentId }) => {
      const { assignment, alreadyReleased } = await assignments.release(
        required('assignment_id', assignmentId, 128),
      );
      const { instanceId = '' } = assignment.attempts.at(-1) ?? {};
      const taken = instanceId === '' ? undefined : await store.instance(instanceId);
      const after = taken === undefined ? 'UNSPECIFIED' : afterRelease(taken.instance);
      return {
        assignment: assignmentMessage(assignment),
        alreadyReleased,
        afterRelease: `AFTER_RELEASE_${after}`,
      };
    }),
  };
}

function requiredTtl(ttl: ProtoTime | null): number {
  const ttlMs = ttlFromProto('ttl', ttl);
  if (ttlMs === undefined) throw invalid('ttl', 'is required');
  return ttlMs;
}
