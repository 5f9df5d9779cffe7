import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { AttachEnd } from '../../proto/gen/parbake/v1/AttachEnd.ts';
import type { AttachLogs__Output } from '../../proto/gen/parbake/v1/AttachLogs.ts';
import type { AttachRequest } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse__Output } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import type { ExecStart__Output } from '../../proto/gen/parbake/v1/ExecStart.ts';
import { aborted } from '../../proto/process/tasks.ts';
import type { DockerClient } from '../docker/client.ts';
import { containerLog } from '../docker/container-log.ts';
import { startExec } from '../docker/exec.ts';
import type { OutputPiece } from '../docker/output-pieces.ts';
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
  const wanted = new Promise<AttachResponse__Output>((resolve) => {
    stream.once('data', (message: AttachResponse__Output) => {
      // What comes next waits until somebody takes it.
      stream.pause();
      resolve(message);
    });
  });
  // Whoever asked is gone, or says by its end that it has enough.
  for (const event of ['end', 'error', 'close', 'status']) stream.on(event, () => over.abort());
  try {
    await write(stream, { hello: { instanceId: parts.instanceId, attachId } }, all);
    const message = await Promise.race([wanted, aborted(all)]);
    if (message === undefined) return;
    const end = await carryOut(parts, stream, message, all).catch(endOf);
    if (!all.aborted) await write(stream, { end }, all);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.end();
  }
}

/** @returns what to say at the end */
async function carryOut(
  parts: AttachParts,
  stream: Stream,
  { logs = null, exec = null }: AttachResponse__Output,
  signal: AbortSignal,
): Promise<AttachEnd> {
  if (logs !== null) await sendLog(parts, stream, logs, signal);
  else if (exec !== null) return { exitCode: await runCommand(parts, stream, exec, signal) };
  else throw new ParbakeError('AGENT_TOO_OLD', 'the agent does not know what is wanted');
  return {};
}

/** @returns what the command exited with */
async function runCommand(
  { docker, containersOf }: AttachParts,
  stream: Stream,
  { assignmentId, container, size, ...wanted }: ExecStart__Output,
  signal: AbortSignal,
): Promise<number> {
  const { id } = oneOf(await containersOf(assignmentId, signal), container);
  const running = await startExec(docker, id, { ...wanted, size: size ?? undefined }, signal);
  const pass = async ({ stdin, stdinEnd, resize = null }: AttachResponse__Output): Promise<void> => {
    // The rest waits at the coordinator, and there at the caller.
    stream.pause();
    if (stdin !== undefined) await running.write(stdin, signal);
    if (stdinEnd === true) running.endInput();
    // It may have ended meanwhile.
    if (resize !== null) await running.resize(resize, signal).catch(() => {});
    stream.resume();
  };
  try {
    stream.on('data', (message: AttachResponse__Output) => void pass(message));
    stream.resume();
    await sendPieces(running.output, stream, signal);
    return await running.exitCode(signal);
  } finally {
    running.close();
  }
}

async function sendPieces(
  pieces: AsyncIterable<OutputPiece>,
  stream: Stream,
  signal: AbortSignal,
): Promise<void> {
  for await (const { stream: name, data } of pieces)
    await write(stream, { output: { stream: `OUTPUT_STREAM_${name}`, data } }, signal);
}

async function sendLog(
  { docker, containersOf }: AttachParts,
  stream: Stream,
  { assignmentId, container, follow, tail }: AttachLogs__Output,
  signal: AbortSignal,
): Promise<void> {
  // Nothing more is said, but that it is enough.
  stream.resume();
  const { id } = oneOf(await containersOf(assignmentId, signal), container);
  await sendPieces(containerLog(docker, id, { follow, tail }, signal), stream, signal);
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

function endOf(cause: unknown): AttachEnd {
  const { code, message } = toParbakeError(cause);
  return { reason: code, message };
}
