// Callers in a process of their own, so that what they need is not taken from who is measured.
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { assign, getAssignment, release } from '../support/calls.ts';
import { connectCoordinator } from '../testbed/parbake.ts';

/** What a process is started with, as JSON in its first argument. */
export interface CallersOrder {
  address: string;
  /** Milliseconds. */
  window: number;
  /** How many are asked for at the most. */
  max: number;
  /** How many a second are asked for; without it, each caller asks when it was answered. */
  rate?: number;
  /** Whether it looks afterwards how long each took to its agent. */
  looksAfter?: boolean;
}

/** What it says: that it begins, and what it found. Then it waits until it is told to release what it was given. */
export type CallersSaid = { kind: 'begins' } | ({ kind: 'asked' } & CallersFound) | { kind: 'released' };

export interface CallersFound {
  /** Milliseconds of each that was answered, in order. */
  latencies: number[];
  failed: number;
  /** Milliseconds that all of them took. */
  took: number;
  /** Milliseconds from each claim to its agent's confirmation, where it looks. */
  delivered: number[];
}

/** Callers that ask as fast as they are answered, and how many of them release at a time. */
const [closed, together] = [64, 50];

const { address, window, max, rate, looksAfter = false } = JSON.parse(process.argv[2] ?? '') as CallersOrder;
const clients = connectCoordinator(address);
const latencies: number[] = [];
const taken: string[] = [];
let [asked, failed] = [0, 0];

async function ask(): Promise<void> {
  asked += 1;
  const start = performance.now();
  try {
    const wait = 'WAIT_UNTIL_CLAIMED';
    const { assignment } = await assign(clients, { user: `user-${asked}`, role: 'web', wait });
    latencies.push(performance.now() - start);
    taken.push(assignment?.assignmentId ?? '');
  } catch {
    failed += 1;
  }
}

async function askInTurn(until: number): Promise<void> {
  while (performance.now() < until && asked < max) await ask();
}

/** Whether or not the ones before were answered. */
async function askAtRate(until: number, perSecond: number): Promise<void> {
  const calls: Promise<void>[] = [];
  for (let due = performance.now(); due < until && asked < max; due += 1_000 / perSecond) {
    const early = due - performance.now();
    if (early > 0) await setTimeout(early);
    calls.push(ask());
  }
  await Promise.all(calls);
}

async function deliveries(): Promise<number[]> {
  const found: number[] = [];
  for (const assignmentId of taken) {
    const { assignment } = await getAssignment(clients, assignmentId);
    const { delivered } = assignment?.attempts.at(-1)?.timings ?? {};
    found.push(millisecondsOf(delivered) ?? Infinity);
  }
  return found;
}

// The connection, and the code that has never run, are not what is measured.
await getAssignment(clients, 'none').catch(() => undefined);
process.send?.({ kind: 'begins' } satisfies CallersSaid);
const start = performance.now();
const until = start + window;
await (rate === undefined
  ? Promise.all(Array.from({ length: closed }, () => askInTurn(until)))
  : askAtRate(until, rate));
const took = performance.now() - start;
const delivered = looksAfter ? await deliveries() : [];
process.send?.({ kind: 'asked', latencies, failed, took, delivered } satisfies CallersSaid);
await once(process, 'message');
while (taken.length > 0)
  await Promise.allSettled(taken.splice(0, together).map((assignmentId) => release(clients, assignmentId)));
clients.close();
process.send?.({ kind: 'released' } satisfies CallersSaid);
process.disconnect?.();
