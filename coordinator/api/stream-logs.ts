import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StreamLogsRequest__Output } from '../../proto/gen/parbake/v1/StreamLogsRequest.ts';
import type { StreamLogsResponse } from '../../proto/gen/parbake/v1/StreamLogsResponse.ts';
import { principalText, type Principal } from '../core/principal.ts';
import { drained, runningAssignment, type AttachingParts } from './attaching.ts';
import { logsFromProto } from './from-proto/logs.ts';

export type LogsCall = ServerWritableStream<StreamLogsRequest__Output, StreamLogsResponse>;

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
      await attachment.send({ logs: { assignmentId, ...wanted } }, gone);
      await attachment.receive(async (output) => {
        if (!call.write({ output })) await drained(call, gone);
      }, gone);
    },
    gone,
  );
}
