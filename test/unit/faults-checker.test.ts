import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violationsOf } from '../faults/checker.ts';
import { entriesIn, type Entry, type FinalAssignment, type History } from '../faults/history.ts';
import { mutants, plant } from '../faults/mutants.ts';

const anAssignment = (change: Partial<FinalAssignment> = {}): FinalAssignment => ({
  assignmentId: 'as-1',
  requestId: 'r-1',
  state: 'SERVING',
  attempts: [{ instanceId: 'i-1', outcome: 'RUNNING' }],
  ...change,
});

const sent = (generation: number, phase: string, assignmentId = '', instanceId = 'i-1'): Entry => ({
  kind: 'sent',
  instanceId,
  generation,
  phase,
  assignmentId,
});

const asked: Entry = { kind: 'asked', requestId: 'r-1' };
const acknowledged: Entry = {
  kind: 'acknowledged',
  requestId: 'r-1',
  assignmentId: 'as-1',
  instanceId: 'i-1',
};
const executed: Entry = { kind: 'executed', instanceId: 'i-1', generation: 1, assignmentId: 'as-1' };

const sound: Entry[] = [
  { kind: 'born', instanceId: 'i-1' },
  sent(0, 'IDLE'),
  asked,
  acknowledged,
  sent(1, 'RUN', 'as-1'),
  executed,
  // A restart of the agent: it is told again.
  sent(1, 'RUN', 'as-1'),
  { kind: 'event', cursor: 1 },
  { kind: 'event', cursor: 4 },
];

const aHistory = (change: { entries?: Entry[]; assignments?: FinalAssignment[] } = {}): History => ({
  entries: change.entries ?? sound,
  // The store's numbers may have holes: what was removed, or never committed.
  final: { assignments: change.assignments ?? [anAssignment()], cursors: [1, 4, 5] },
});

test('a history without a fault has no violation', () => {
  expect(violationsOf(aHistory())).toEqual([]);
});

const other: FinalAssignment = anAssignment({ assignmentId: 'as-2', requestId: 'r-2' });

test.each<[invariant: string, what: string, change: { entries?: Entry[]; assignments?: FinalAssignment[] }]>([
  [
    'an acknowledgement is kept',
    'assignment as-1 was acknowledged and is gone',
    { entries: [asked, acknowledged], assignments: [] },
  ],
  [
    'an acknowledgement is kept',
    'assignment as-1 was acknowledged on i-1, which it was never on',
    {
      entries: [asked, acknowledged],
      assignments: [
        anAssignment({ state: 'RELEASED', attempts: [{ instanceId: 'i-2', outcome: 'RELEASED' }] }),
      ],
    },
  ],
  [
    'an id has one answer',
    'request r-1 has answers as-1, as-2',
    {
      entries: [...sound, { kind: 'acknowledged', requestId: 'r-1', assignmentId: 'as-2', instanceId: '' }],
      assignments: [anAssignment(), anAssignment({ assignmentId: 'as-2', state: 'PENDING', attempts: [] })],
    },
  ],
  [
    'a request is answered',
    'request r-2 was never answered',
    { entries: [...sound, { kind: 'asked', requestId: 'r-2' }] },
  ],
  [
    'an instance has one user',
    'instance i-1 was given to assignments as-1, as-2',
    { assignments: [anAssignment(), other] },
  ],
  [
    'an order is executed once',
    'assignment as-1 on i-1 was executed 2 times',
    { entries: [...sound, executed] },
  ],
  [
    'an order is executed once',
    'i-9 executed assignment as-1, which was never on it',
    { entries: [...sound, { kind: 'executed', instanceId: 'i-9', generation: 1, assignmentId: 'as-1' }] },
  ],
  [
    'an order is delivered',
    'assignment as-1 is CLAIMED, and i-1 never got its order',
    { entries: [asked, acknowledged], assignments: [anAssignment({ state: 'CLAIMED' })] },
  ],
  ['a generation only grows', 'i-1 was sent generation 0 after 1', { entries: [...sound, sent(0, 'IDLE')] }],
  [
    'a generation has one content',
    'generation 1 of i-1 means RUN as-1, STOP as-1',
    { entries: [...sound, sent(1, 'STOP', 'as-1')] },
  ],
  [
    'events have no gap',
    'event 4 was never seen',
    { entries: [...sound.slice(0, -1), { kind: 'event', cursor: 5 }] },
  ],
  ['events have no gap', 'event 4 came after 4', { entries: [...sound, { kind: 'event', cursor: 4 }] }],
  ['events have no gap', 'event 6 is gone', { entries: [...sound, { kind: 'event', cursor: 6 }] }],
])('%s: %s', (invariant, what, change) => {
  expect(violationsOf(aHistory(change))).toContainEqual({ invariant, what });
});

test('an instance that was passed over before its order got there may have a user afterwards', () => {
  const passedOver = [
    { instanceId: 'i-1', outcome: 'UNDELIVERED' },
    { instanceId: 'i-2', outcome: 'RELEASED' },
  ];
  const assignments = [anAssignment(), { ...other, state: 'RELEASED', attempts: passedOver }];
  expect(violationsOf(aHistory({ assignments }))).toEqual([]);
});

test('what a kill cut off does not count', () => {
  const line = JSON.stringify(asked);
  expect(entriesIn(`${line}\n${line.slice(0, 9)}${line}\n${line}\n${line.slice(0, 20)}`)).toEqual([
    asked,
    asked,
  ]);
});

test.each(mutants)('a coordinator that $name can still be made', (mutant) => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-mutant-'));
  try {
    expect(plant(mutant, directory)).toBe(join(directory, 'coordinator/main.ts'));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
