// Callers in a process of their own, which is killed and started again: what they asked for is in their journal.
import { randomUUID } from 'node:crypto';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { retry } from '../../proto/process/retry.ts';
import { assign, release } from '../support/calls.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { Journal } from './journal.ts';

const [file = '', address = '', count = ''] = process.argv.slice(2);
const journal = new Journal(file);
const clients = connectCoordinator(address);

/** Milliseconds: a call that a fault holds up is made again, with the same id. */
const patience = 2_000;
/** Milliseconds until it is made again. */
const again = 50;
/** Shares of what is answered: what is asked for once more, and what is kept until the end. */
const [repeated, kept] = [0.3, 0.02];

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

const always = new AbortController().signal;

/** Makes a call until it is answered. @returns undefined when what it names does not exist */
async function insist<T>(call: () => Promise<T>): Promise<T | undefined> {
  return await retry(call, {
    delay: () => again,
    // Whatever else was in the way: nothing is known of what became of it.
    isWorthIt: (cause) => toParbakeError(cause).code !== 'ASSIGNMENT_NOT_FOUND',
    signal: always,
  }).catch(() => undefined);
}

/** @returns the assignment that the answer names */
async function ask(requestId: string): Promise<string> {
  const request = { requestId, user: requestId, role: 'web' } as const;
  const wait = requestId < '8' ? 'WAIT_UNTIL_CLAIMED' : 'WAIT_UNTIL_READY';
  const answer = await insist(() => assign(clients, { ...request, wait }, patience));
  const { assignmentId = '', instanceId = '' } = answer?.assignment ?? {};
  journal.write({ kind: 'acknowledged', requestId, assignmentId, instanceId });
  return assignmentId;
}

async function useOne(requestId: string): Promise<void> {
  const assignmentId = await ask(requestId);
  if (Math.random() < repeated) await ask(requestId);
  if (stopping.signal.aborted || Math.random() < kept) return;
  const released = await insist(() => release(clients, assignmentId));
  if (released !== undefined) journal.write({ kind: 'released', assignmentId });
}

async function caller(): Promise<void> {
  while (!stopping.signal.aborted) {
    const requestId = randomUUID();
    journal.write({ kind: 'asked', requestId });
    await useOne(requestId);
  }
}

/** What the process before asked for, without an answer. */
function unanswered(): string[] {
  const open = new Set<string>();
  for (const entry of journal.before) {
    if (entry.kind === 'asked') open.add(entry.requestId);
    if (entry.kind === 'acknowledged') open.delete(entry.requestId);
  }
  return [...open];
}

await Promise.all([...unanswered().map(useOne), ...Array.from({ length: Number(count) }, caller)]);
clients.close();
