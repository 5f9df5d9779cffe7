// Callers in a process of their own, so that what they need is not taken from who is measured.
import { setTimeout } from 'node:timers/promises';
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
}

/** What it says at its end. */
export interface CallersSaid {
  /** Milliseconds of each that was answered, in order. */
  latencies: number[];
  failed: number;
  /** Milliseconds that all of them took. */
  took: number;
}

/** Callers that ask as fast as they are answered, and how many of them release at a time. */
const [closed, together] = [64, 50];

const { address, window, max, rate } = JSON.parse(process.argv[2] ?? '') as CallersOrder;
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

// The connection, and the code that has never run, are not what is measured.
await getAssignment(clients, 'none').catch(() => undefined);
const start = performance.now();
const until = start + window;
await (rate === undefined
  ? Promise.all(Array.from({ length: closed }, () => askInTurn(until)))
  : askAtRate(until, rate));
const took = performance.now() - start;
while (taken.length > 0)
  await Promise.allSettled(taken.splice(0, together).map((assignmentId) => release(clients, assignmentId)));
clients.close();
process.send?.({ latencies, failed, took } satisfies CallersSaid);
