import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { dirname } from 'node:path';
import { reasonOf } from '../../proto/cause.ts';
import { ParbakeError } from '../../proto/errors.ts';

/** What `parbake-agent status` shows. */
export interface AgentStatus {
  instance_id: string;
  engine_id: string;
  connected: boolean;
  last_error: string;
  generation: number;
  assignment_id: string;
  preparation: string;
  preparation_error: string;
  order: string;
  order_error: string;
  /** `off`, `reading`, `done`, `stopped` or `failed`, and how far each recording was read ahead. */
  replay: string;
  /** What was refused or could not be read; empty when nothing. */
  replay_error: string;
  /** Whether what the start reads beyond its recording is counted. */
  start_watch: string;
  /** Batches of reports that were given up for lack of room. */
  reports_dropped: number;
}

/** Milliseconds: it answers from memory. */
const deadline = 5_000;

/** Answers each connection with one JSON line, for root alone. */
export async function serveStatus(
  path: string,
  status: () => AgentStatus,
  signal: AbortSignal,
): Promise<void> {
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
  await new Promise<void>((resolve) => {
    const close = (): void => void server.close(() => resolve());
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  });
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
    throw new ParbakeError('AGENT_NOT_RUNNING', `no agent answers at ${path}: ${reason}`, { cause });
  });
  return JSON.parse(text) as AgentStatus;
}
