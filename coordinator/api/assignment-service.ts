import { deadlines } from '../../proto/wire/deadlines.ts';
import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { afterRelease } from '../core/after-release.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import type { AssignmentServiceHandlers } from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import type { Assignment } from '../core/model.ts';
import { principalText, scopeOf } from '../core/principal.ts';
import type { Assignments } from '../fleet/assigner.ts';
import type { LastOutputs } from '../fleet/last-outputs.ts';
import type { UseCases } from '../store/store.ts';
import type { Attachments } from './attachments.ts';
import type { CallerOf } from './caller.ts';
import { assignmentsFromProto, keyToken, usageFromProto } from './from-proto/lists.ts';
import { invalid, pageOf, readAll, required } from './from-proto/parts.ts';
import { streaming, timeLeft, unary } from './handlers.ts';
import { exec, type ExecCall } from './exec.ts';
import { streamLogs, type LogsCall } from './stream-logs.ts';
import { WaitingCalls } from './waiting-calls.ts';
import { assignmentMessage } from './assignment-message.ts';
import { usageMessage } from './usage-message.ts';
import { assignFromProto, ttlFromProto } from './from-proto/assign.ts';

/**
 * Answered before the caller's deadline, so that it hears why: a share of the time it gave, in milliseconds at least
 * and at most. Many give up at the same moment.
 */
const answerMargin = { share: 0.05, least: 50, most: 1_000 };

export interface AssignmentServiceParts {
  assignments: Assignments;
  store: Pick<UseCases, 'assignment' | 'assignmentByRequest' | 'assignments' | 'usage' | 'instance'>;
  outputs: Pick<LastOutputs, 'of'>;
  attachments: Attachments;
  callerOf: CallerOf;
  logger: Logger;
}

export function assignmentService(parts: AssignmentServiceParts): AssignmentServiceHandlers {
  const { assignments, store, outputs, callerOf, logger } = parts;
  const waiting = new WaitingCalls();
  const scopeTo = (call: Parameters<CallerOf>[0]): { owner?: string } =>
    defined({ owner: scopeOf(callerOf(call).principal) });
  return {
    Assign: unary(logger, 'Assign', async (request, call, gone) => {
      const left = timeLeft(call.getDeadline(), deadlines.assign);
      const { share, least, most } = answerMargin;
      const waitMs = Math.max(0, left - Math.min(most, Math.max(least, left * share)));
      const owner = principalText(callerOf(call).principal);
      const wanted = { owner, ...assignFromProto(request, call.metadata) };
      const { assignment, replayed, existing } = await waiting.wait(call.getPeer(), () =>
        assignments.assign(wanted, waitMs, gone),
      );
      return { assignment: assignmentMessage(assignment), replayed, existing };
    }),
    GetAssignment: unary(
      logger,
      'GetAssignment',
      async ({ lookup, assignmentId = '', requestId = '' }, call) => {
        const { principal } = callerOf(call);
        const isByRequest = lookup === 'requestId';
        const found = isByRequest
          ? await store.assignmentByRequest(principalText(principal), required('request_id', requestId, 128))
          : await store.assignment(required('assignment_id', assignmentId, 128));
        if (found === undefined && isByRequest)
          throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `no assignment has request id ${requestId}`);
        const { owner = found?.owner } = scopeTo(call);
        if (found === undefined || found.owner !== owner) throw assignmentNotFound(assignmentId);
        // What an application prints may hold what it was given.
        const lastOutput = found.owner === principalText(principal) ? outputs.of(found) : '';
        return { assignment: { ...assignmentMessage(found), lastOutput } };
      },
    ),
    ListAssignments: unary(logger, 'ListAssignments', async (request, call) => {
      const { size, ...wanted } = assignmentsFromProto(request);
      const found = await store.assignments({ ...wanted, ...scopeTo(call), limit: size + 1 });
      const tokenOf = ({ createTime, assignmentId }: Assignment): string => `${createTime}.${assignmentId}`;
      const { items, nextPageToken } = pageOf(found, size, tokenOf);
      return { assignments: items.map(assignmentMessage), nextPageToken };
    }),
    GetUsage: unary(logger, 'GetUsage', async (request, call) => {
      const { size, ...wanted } = usageFromProto(request);
      const found = await store.usage({ ...wanted, ...scopeTo(call), limit: size + 1 }, Date.now());
      const { items, nextPageToken } = pageOf(found, size, ({ key }) => keyToken(key));
      return { usage: items.map(usageMessage), nextPageToken };
    }),
    Exec: streaming(logger, 'Exec', (call: ExecCall, gone) =>
      exec(parts, call, callerOf(call).principal, gone),
    ),
    StreamLogs: streaming(logger, 'StreamLogs', (call: LogsCall, gone) =>
      streamLogs(parts, call, callerOf(call).principal, gone),
    ),
    ExtendAssignment: unary(logger, 'ExtendAssignment', async ({ assignmentId, ttl }, call) => {
      const { id, ttlMs } = readAll({
        id: () => required('assignment_id', assignmentId, 128),
        ttlMs: () => requiredTtl(ttl),
      });
      return {
        assignment: assignmentMessage(
          await assignments.extend({ assignmentId: id, ...scopeTo(call) }, ttlMs),
        ),
      };
    }),
    Release: unary(logger, 'Release', async ({ assignmentId }, call) => {
      const { assignment, alreadyReleased } = await assignments.release({
        assignmentId: required('assignment_id', assignmentId, 128),
        ...scopeTo(call),
      });
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
