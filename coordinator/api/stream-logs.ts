import type { ServerWritableStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { StreamLogsRequest__Output } from '../../proto/gen/parbake/v1/StreamLogsRequest.ts';
import type { StreamLogsResponse } from '../../proto/gen/parbake/v1/StreamLogsResponse.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted } from '../../proto/process/tasks.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Assignment } from '../core/model.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import { principalText, scopeOf, type Principal } from '../core/principal.ts';
import type { UseCases } from '../store/store.ts';
import type { Attachments } from './attachments.ts';
import { logsFromProto } from './from-proto/logs.ts';

export type LogsCall = ServerWritableStream<StreamLogsRequest__Output, StreamLogsResponse>;

export interface AttachingParts {
  store: Pick<UseCases, 'assignment'>;
  attachments: Attachments;
  logger: Logger;
}

/** Passes on what a container prints, as fast as the caller reads it. Who reads is written down, what they read is not. */
export async function streamLogs(
  { store, attachments, logger }: AttachingParts,
  call: LogsCall,
  principal: Principal,
  gone: AbortSignal,
): Promise<void> {
  const { assignmentId, ...wanted } = logsFromProto(call.request);
  const { instanceId } = await runningAssignment(store, assignmentId, principal);
  const { container, follow } = wanted;
  const who = { principal: principalText(principal), peer: call.getPeer() };
  logger.info({ ...who, assignmentId, instanceId, container, follow }, 'reads a log');
  await attachments.use(
    instanceId,
    async (attachment) => {
      attachment.send({ logs: { assignmentId, ...wanted } });
      await attachment.receive(async (output) => {
        if (!call.write({ output })) await drained(call, gone);
      }, gone);
    },
    gone,
  );
}

/**
 * An assignment whose containers are there.
 * @throws ParbakeError ASSIGNMENT_NOT_FOUND, also for another client's; ASSIGNMENT_NOT_RUNNING
 */
async function runningAssignment(
  store: AttachingParts['store'],
  assignmentId: string,
  principal: Principal,
): Promise<Assignment> {
  const found = await store.assignment(assignmentId);
  const owner = scopeOf(principal) ?? found?.owner;
  if (found === undefined || found.owner !== owner) throw assignmentNotFound(assignmentId);
  const { state } = found;
  if (isOver(state) || state === 'PENDING' || state === 'CLAIMED')
    throw new ParbakeError(
      'ASSIGNMENT_NOT_RUNNING',
      `assignment ${assignmentId} is ${state}: its containers are ${isOver(state) ? 'gone' : 'not there yet'}`,
    );
  return found;
}

async function drained(call: LogsCall, gone: AbortSignal): Promise<void> {
  const read = new AbortController();
  call.once('drain', () => read.abort());
  await aborted(AbortSignal.any([gone, read.signal]));
}
