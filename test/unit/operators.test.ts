import { describe, expect, test } from 'vitest';
import { table } from '../../coordinator/insight/format.ts';
import {
  assignmentCells,
  assignmentHeader,
  assignmentText,
  attemptsDocument,
} from '../../coordinator/cli/assignment-text.ts';
import { deleteEffect } from '../../coordinator/cli/delete-role-command.ts';
import {
  drainEffect,
  lostEffect,
  retireEffect,
  type Occupied,
} from '../../coordinator/cli/instance-effect.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import { timeOf } from '../../proto/wire/time.ts';

const at = (text: string) => timeOf(Date.parse(text));

const anAssignment: Assignment__Output = {
  ...{
    assignmentId: 'as-1',
    owner: 'client/web',
    requestId: 'rq-1',
    user: 'alice\u001b',
    role: 'web',
    environment: '',
  },
  ...{
    state: 'ASSIGNMENT_STATE_SERVING',
    instanceId: 'i-2',
    endpoints: [],
    attempt: 2,
    reason: '',
    message: '',
  },
  createTime: at('2026-11-21T14:00:00Z'),
  releaseTime: null,
  expireTime: at('2026-11-21T16:00:00Z'),
  timings: null,
  lastOutput: 'red \u001b[31malert\nno such branch',
  routes: [],
  attempts: [
    {
      number: 1,
      instanceId: 'i-1',
      startTime: at('2026-11-21T14:00:00Z'),
      endTime: at('2026-11-21T14:00:01Z'),
      timings: { delivered: timeOf(4), started: null, ready: null },
      outcome: 'ATTEMPT_OUTCOME_FAILED',
      fault: 'FAULT_MACHINE',
      reason: 'DOCKER_FAILED',
      message: 'no space left',
      containers: [
        {
          container: 'app',
          exitCode: 137,
          signal: 'SIGKILL',
          restarts: 1,
          endTime: null,
          oomKilled: false,
          hostOomKilled: true,
          engineRestarted: false,
          killedFromOutside: false,
        },
      ],
    },
    {
      number: 2,
      instanceId: 'i-2',
      startTime: at('2026-11-21T14:00:01Z'),
      endTime: null,
      timings: { delivered: timeOf(3.25), started: timeOf(60), ready: timeOf(75) },
      outcome: 'ATTEMPT_OUTCOME_RUNNING',
      fault: 'FAULT_UNSPECIFIED',
      reason: '',
      message: '',
      containers: [],
    },
  ],
};

describe('an assignment', () => {
  test('is shown with a line for each attempt, and control characters do not reach the terminal', () => {
    expect(assignmentText(anAssignment)).toBe(
      [
        'Assignment   as-1',
        'Request      rq-1',
        'User         alice\\x1b',
        'Role         web',
        'State        SERVING',
        'Created      2026-11-21T14:00:00.000Z',
        'Expires      2026-11-21T16:00:00.000Z',
        '',
        'ATTEMPT  INSTANCE  STARTED                   ENDED                     DELIVERED  READY  OUTCOME  FAULT    REASON',
        '1        i-1       2026-11-21T14:00:00.000Z  2026-11-21T14:00:01.000Z  4.0 ms     -      FAILED   MACHINE  DOCKER_FAILED: no space left',
        '2        i-2       2026-11-21T14:00:01.000Z  -                         3.3 ms     75 ms  RUNNING  -        -',
        '',
        'Its container printed last:',
        '  red \\x1b[31malert',
        '  no such branch',
        '',
      ].join('\n'),
    );
  });

  test('has no table of attempts before its first', () => {
    expect(assignmentText({ ...anAssignment, attempts: [] })).not.toContain('ATTEMPT');
  });

  test('is a line of the list', () => {
    expect(table(assignmentHeader, [assignmentCells(anAssignment)]).split('\n')).toEqual([
      'ASSIGNMENT  USER       ROLE  ENVIRONMENT  STATE    INSTANCE  CREATED                   REASON',
      'as-1        alice\\x1b  web   -            SERVING  i-2       2026-11-21T14:00:00.000Z  -',
      '',
    ]);
  });

  test('tells scripts how the containers of each attempt ended', () => {
    expect(attemptsDocument(anAssignment).attempts[0]).toMatchObject({
      outcome: 'FAILED',
      fault: 'MACHINE',
      delivered_ms: 4,
      ready_ms: undefined,
      containers: [
        { container: 'app', exit_code: 137, signal: 'SIGKILL', host_oom_killed: true, restarts: 1 },
      ],
    });
  });
});

const occupied = (
  state: Occupied['instance']['state'],
  assigned?: Assignment__Output['state'],
  connected = false,
): Occupied => ({
  instance: { instanceId: 'i-1', state, connected },
  assignment:
    assigned === undefined ? null : { assignmentId: 'as-1', user: 'alice', role: 'web', state: assigned },
});
const free = occupied('INSTANCE_STATE_READY');
const serving = occupied('INSTANCE_STATE_ASSIGNED', 'ASSIGNMENT_STATE_SERVING');
const starting = occupied('INSTANCE_STATE_ASSIGNED', 'ASSIGNMENT_STATE_STARTING');
const releasing = occupied('INSTANCE_STATE_RELEASING', 'ASSIGNMENT_STATE_RELEASING');
const ended = occupied('INSTANCE_STATE_RELEASING', 'ASSIGNMENT_STATE_COMPLETED');

describe('what will happen to an instance', () => {
  test.each([
    ['drain', drainEffect, free, 'i-1 becomes RETIRED'],
    ['drain', drainEffect, serving, 'i-1 becomes DRAINING: it keeps assignment as-1 (web of alice, SERVING)'],
    ['retire', retireEffect, free, 'i-1 becomes RETIRED'],
    ['retire', retireEffect, serving, 'as-1 (web of alice, SERVING) is released: its containers are stopped'],
    ['retire', retireEffect, releasing, 'i-1 is RETIRED as soon as the containers'],
    ['retire', retireEffect, ended, 'i-1 becomes RETIRED'],
    ['retire --lost', lostEffect, free, 'i-1 becomes LOST.'],
    ['retire --lost', lostEffect, serving, 'fails or moves to another instance, as on_loss of role web says'],
    ['retire --lost', lostEffect, starting, 'is tried on another instance while it has attempts left'],
    ['retire --lost', lostEffect, releasing, 'ends as RELEASED, and i-1 is RETIRED'],
  ])('%s: %#', (_, effectOn, given, said) => {
    expect(effectOn(given)).toContain(said);
  });

  test.each([
    [drainEffect, occupied('INSTANCE_STATE_RETIRED')],
    [retireEffect, occupied('INSTANCE_STATE_TERMINATED')],
    [lostEffect, occupied('INSTANCE_STATE_READY', undefined, true)],
  ])('what the coordinator would refuse is refused: %#', (effectOn, given) => {
    expect(() => effectOn(given)).toThrow(expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }));
  });
});

test('deleting a role says who still offers it, and who waits for it', () => {
  const counts = { readyInstances: 0, preparingInstances: 0, assignedInstances: 0, failedInstances: 0 };
  expect(deleteEffect({ name: 'web', ...counts, waitingAssignments: 2 })).toBe(
    'Role web is forgotten. No instance carries it, so that assigning it fails with ROLE_UNKNOWN. 2 requests for it still wait.',
  );
  expect(deleteEffect({ name: 'web', ...counts, readyInstances: 1, waitingAssignments: 0 })).toBe(
    'Role web is forgotten. 1 instance carrying it still offers it.',
  );
});
