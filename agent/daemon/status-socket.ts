import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { retry } from '../../proto/process/retry.ts';
import { aborted, isAbort } from '../../proto/process/tasks.ts';
import { emptyStatus, type AgentStatus } from './agent-status.ts';

/** Milliseconds: it answers from memory. */
const deadline = 5_000;

/**
 * Answers each connection with one JSON line, for root alone, until the signal aborts. Retries when something prevents
 * that, such as a full disk: a daemon is worth more than its status.
 */
export async function serveStatus(
  path: string,
  status: () => AgentStatus,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  await retry(() => serveOnce(path, status, signal), {
    delay: (failures) => backoff(failures, Math.random()),
    signal,
    onRetry: ({ cause, failures }) => {
      if (failures === 1) logger.warn({ reason: reasonOf(cause) }, 'no status socket, retrying');
    },
  }).catch((cause: unknown) => {
    if (!isAbort(cause)) throw cause;
  });
}

async function serveOnce(path: string, status: () => AgentStatus, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${JSON.stringify(status())}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  await aborted(signal);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

/** @throws ParbakeError AGENT_NOT_RUNNING */
export async function readStatus(path: string): Promise<AgentStatus> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect({ path, timeout: deadline });
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('end', () => resolve(received));
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${deadline / 1000} s`)));
    socket.on('error', reject);
  }).catch((cause: unknown) => {
    const reason = reasonOf(cause);
    if (codeOf(cause) === 'EACCES')
      throw new ParbakeError('NOT_ROOT', `status needs root: ${reason}`, { cause });
    throw new ParbakeError('AGENT_NOT_RUNNING', `no agent answers at ${path}: ${reason}`, { cause });
  });
  // An agent that was not restarted since its package was upgraded may know less.
  return { ...emptyStatus, ...(JSON.parse(text) as Partial<AgentStatus>) };
}
