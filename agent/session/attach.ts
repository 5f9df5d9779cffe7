import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { AttachLogs__Output } from '../../proto/gen/parbake/v1/AttachLogs.ts';
import type { AttachRequest } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse__Output } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import { aborted } from '../../proto/process/tasks.ts';
import type { DockerClient } from '../docker/client.ts';
import { containerLog } from '../docker/container-log.ts';
import type { OrderContainer } from '../worker/worker.ts';

export interface AttachParts {
  instanceId: string;
  docker: DockerClient;
  /** The containers of an assignment; none when it is not this instance's. */
  containersOf: (assignmentId: string, signal: AbortSignal) => Promise<OrderContainer[]>;
}

type Stream = ClientDuplexStream<AttachRequest, AttachResponse__Output>;

/** Opens a stream that the coordinator asked for, and sends what it wants, until either has enough. */
export async function attach(
  parts: AttachParts,
  client: AgentServiceClient,
  attachId: string,
  signal: AbortSignal,
): Promise<void> {
  const stream = client.attach();
  const over = new AbortController();
  const all = AbortSignal.any([signal, over.signal]);
  const cancel = (): void => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const wanted = new Promise<AttachResponse__Output>((resolve) => stream.once('data', resolve));
  // Whoever asked is gone, or says by its end that it has enough.
  for (const event of ['end', 'error', 'close']) stream.on(event, () => over.abort());
  try {
    await write(stream, { hello: { instanceId: parts.instanceId, attachId } }, all);
    const message = await Promise.race([wanted, aborted(all)]);
    if (message === undefined) return;
    const end = await carryOut(parts, stream, message, all).then(() => ({}), endOf);
    if (!all.aborted) await write(stream, { end }, all);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.end();
  }
}

async function carryOut(
  parts: AttachParts,
  stream: Stream,
  { logs = null }: AttachResponse__Output,
  signal: AbortSignal,
): Promise<void> {
  if (logs === null) throw new ParbakeError('AGENT_TOO_OLD', 'the agent does not know what is wanted');
  await sendLog(parts, stream, logs, signal);
}

async function sendLog(
  { docker, containersOf }: AttachParts,
  stream: Stream,
  { assignmentId, container, follow, tail }: AttachLogs__Output,
  signal: AbortSignal,
): Promise<void> {
  const { id } = oneOf(await containersOf(assignmentId, signal), container);
  for await (const piece of containerLog(docker, id, { follow, tail }, signal)) {
    const output = { stream: `OUTPUT_STREAM_${piece.stream}` as const, data: piece.data };
    await write(stream, { output }, signal);
  }
}

/** @param name empty for the only one. @throws ParbakeError ASSIGNMENT_NOT_RUNNING, CONTAINER_UNKNOWN */
function oneOf(containers: readonly OrderContainer[], name: string): OrderContainer {
  const [first, ...others] = containers;
  if (first === undefined)
    throw new ParbakeError('ASSIGNMENT_NOT_RUNNING', 'the instance has no containers of this assignment');
  const found = name === '' && others.length === 0 ? first : containers.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = containers.map((each) => each.name).join(', ');
  throw new ParbakeError(
    'CONTAINER_UNKNOWN',
    name === ''
      ? `the assignment has several containers: ${names}`
      : `there is no container ${name}: ${names}`,
  );
}

/** Resolves once the connection has taken it, so that one message waits here at most; also when the signal aborts. */
async function write(stream: Stream, message: AttachRequest, signal: AbortSignal): Promise<void> {
  const written = new Promise<void>((resolve) => stream.write(message, () => resolve()));
  await Promise.race([written, aborted(signal)]);
}

function endOf(cause: unknown): { reason: string; message: string } {
  const { code, message } = toParbakeError(cause);
  return { reason: code, message };
}
