import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ExecRequest__Output } from '../../proto/gen/parbake/v1/ExecRequest.ts';
import type { ExecResponse } from '../../proto/gen/parbake/v1/ExecResponse.ts';
import { aborted } from '../../proto/process/tasks.ts';
import { principalText, type Principal } from '../core/principal.ts';
import { drained, runningAssignment, type AttachingParts } from './attaching.ts';
import { bytesPerSecond, maxPiece, type Attachment } from './attachment.ts';
import { execInputFromProto, execStartFromProto } from './from-proto/exec.ts';
import { printable } from './from-proto/parts.ts';
import { Pace } from './pace.ts';

export type ExecCall = ServerDuplexStream<ExecRequest__Output, ExecResponse>;

/** What a caller sends, one message when it is asked for: the stream is not destroyed by whoever stops asking. */
type Requests = AsyncIterator<ExecRequest__Output, unknown>;

/** Runs a command in a user's container. Who runs it is written down with its first word: arguments may be secret. */
export async function exec(
  { store, attachments, logger }: AttachingParts,
  call: ExecCall,
  principal: Principal,
  gone: AbortSignal,
): Promise<void> {
  // The stream goes on when the caller has ended its side.
  const requests = call.iterator({ destroyOnReturn: false }) as Requests;
  const first = await nextOf(requests, gone);
  if (first === undefined && gone.aborted) return;
  const start = execStartFromProto(first ?? { start: null });
  const { assignmentId, container } = start;
  const { instanceId } = await runningAssignment(store, assignmentId, principal);
  const who = { principal: principalText(principal), peer: call.getPeer() };
  const command = printable(start.command[0] ?? '', 256);
  logger.info({ ...who, assignmentId, instanceId, container, command }, 'runs a command');
  await attachments.use(
    instanceId,
    async (attachment) => {
      await attachment.send({ exec: start }, gone);
      const output = attachment.receive(async (piece) => {
        if (!call.write({ output: piece })) await drained(call, gone);
      }, gone);
      // The command may go on for long after its input has ended; what is wrong with the input ends it.
      const input = passInput(requests, attachment, gone).then(() => output);
      const { exitCode } = await Promise.race([output, input]);
      call.write({ exit: { exitCode } });
    },
    gone,
  );
}

async function passInput(requests: Requests, attachment: Attachment, gone: AbortSignal): Promise<void> {
  const pace = new Pace({ perSecond: bytesPerSecond, burst: bytesPerSecond });
  for (;;) {
    const request = await nextOf(requests, gone);
    if (gone.aborted) return;
    if (request === undefined) return await attachment.send({ stdinEnd: true }, gone);
    const input = execInputFromProto(request, maxPiece);
    await attachment.send(input, gone);
    if ('stdin' in input) await pace.passed(input.stdin.length, gone);
  }
}

/** @returns undefined when the caller has ended its side, or is gone */
async function nextOf(requests: Requests, gone: AbortSignal): Promise<ExecRequest__Output | undefined> {
  const next = requests.next().then(
    ({ done, value }) => (done === true ? undefined : value),
    (cause: unknown) => {
      if (!gone.aborted) throw cause;
      return undefined;
    },
  );
  return (await Promise.race([next, aborted(gone)])) ?? undefined;
}
