import { describe, expect, test } from 'vitest';
import { isCompleted, type ContainerEnd } from '../../agent/core/order/container-end.ts';
import { orderStateIn } from '../../agent/core/order/order-state.ts';
import { nextRestart, plan, type ObservedContainer, type Situation } from '../../agent/core/order/planner.ts';
import { afterRestart, isRestartDue, isRestarted, restartTime } from '../../agent/core/order/restart.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import { aContainer, anEnd, anObserved, order } from '../support/role-builders.ts';

const always = aContainer({ restart: { name: 'always' } });
const onFailure = aContainer({ restart: { name: 'on-failure', maxRetries: 2 } });
const failed = anEnd({ exitCode: 3 });
const killed = anEnd({ exitCode: 137, signal: 'SIGKILL', killedFromOutside: true });

test.each<[string, ContainerSpec, ContainerEnd, number, boolean]>([
  ['no, exited with 0', aContainer(), anEnd(), 0, false],
  ['no, exited with 3', aContainer(), failed, 0, false],
  ['no, killed from outside', aContainer(), killed, 0, false],
  ['always, exited with 0', always, anEnd(), 99, true],
  ['on-failure, exited with 0', onFailure, anEnd(), 0, false],
  ['on-failure, exited with 3', onFailure, failed, 1, true],
  ['on-failure, exited with 3 too often', onFailure, failed, 2, false],
  ['on-failure, ended by the machine, which does not count', onFailure, killed, 2, true],
  ['on-failure, exited with 0 because Docker ended', onFailure, anEnd({ engineRestarted: true }), 2, true],
  ['on-failure without a limit', aContainer({ restart: { name: 'on-failure' } }), failed, 99, true],
])('restart policy %s', (_, container, end, count, isExpected) => {
  expect(isRestarted(container, end, count)).toBe(isExpected);
});

test('restarts come later each time in a row, at most a minute, and at once after a long run', () => {
  let restarts = afterRestart(failed, undefined, failed.endTime);
  const delays: number[] = [];
  for (let count = 0; count < 12; count++) {
    const end = { ...failed, endTime: restarts.startedAt + 5 };
    delays.push(restartTime(end, restarts) - end.endTime);
    restarts = afterRestart(end, restarts, restartTime(end, restarts));
  }
  expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(delays.at(-1)).toBe(60_000);
  const late = { ...failed, endTime: restarts.startedAt + 10_000 };
  expect(restartTime(late, restarts)).toBe(late.endTime);
  expect(afterRestart(late, restarts, 0)).toMatchObject({ count: 14, inRow: 1 });
});

test('a clock that jumps two hours holds up no restart', () => {
  const twoHours = 7_200_000;
  const restarts = afterRestart(failed, undefined, failed.endTime);
  const end = { ...failed, endTime: restarts.startedAt + 5 };
  expect(isRestartDue(end, restarts, end.endTime + 50)).toBe(false);
  expect(isRestartDue(end, restarts, end.endTime + 100)).toBe(true);
  expect(isRestartDue(end, restarts, end.endTime - twoHours)).toBe(true);
  expect(isRestartDue(end, restarts, end.endTime + twoHours)).toBe(true);
});

describe('A6: an order whose containers end', () => {
  const job = aContainer({ name: 'job' });
  const cache = aContainer({ name: 'cache', restart: { name: 'always' } });
  const log = aContainer({ name: 'log', essential: false });
  const ended = (name: string, end = anEnd()): ObservedContainer =>
    anObserved({ id: name, name, state: 'ended', end });
  const up = (name: string): ObservedContainer => anObserved({ id: name, name });
  const ready = new Set(['job', 'cache', 'log']);

  function look(containers: ContainerSpec[], observed: ObservedContainer[], over: Partial<Situation> = {}) {
    const situation: Situation = {
      desired: { phase: 'run', order },
      targets: [],
      role: { name: 'web', containers },
      observed,
      ready,
      restarts: new Map(),
      now: 2_000_000,
      ...over,
    };
    const steps = plan(situation);
    const planned = steps.map((step) => `${step.kind} ${'id' in step ? step.id : ''}`.trim());
    return [orderStateIn(situation, steps), ...planned];
  }

  test.each<[string, ContainerSpec[], ObservedContainer[], (string | undefined)[]]>([
    ['one that exits with 0 completes it', [job], [ended('job')], ['COMPLETED']],
    ['before it was ready, too', [job], [{ ...ended('job'), id: 'other' }], ['COMPLETED']],
    [
      'the rest is then stopped',
      [job, cache, log],
      [ended('job'), up('cache'), up('log')],
      ['COMPLETED', 'stop cache', 'stop log'],
    ],
    [
      'a prepared one that waits is stopped, too',
      [job, log],
      [ended('job'), { ...up('log'), state: 'waiting' }],
      ['COMPLETED', 'stop log'],
    ],
    ['both of two have to', [job, { ...log, essential: true }], [ended('job'), up('log')], ['SERVING']],
    ['one that failed fails it', [job], [ended('job', failed)], ['STARTING', 'fail job']],
    [
      'one that Docker ended with 0 fails it',
      [job],
      [ended('job', anEnd({ engineRestarted: true }))],
      ['STARTING', 'fail job'],
    ],
    ['one that is not essential does not', [job, log], [up('job'), ended('log', failed)], ['SERVING']],
    ['nor does it complete it', [job, log], [up('job'), ended('log')], ['SERVING']],
    ['a role of lasting ones never completes', [cache], [ended('cache')], ['STARTING', 'restart cache']],
    ['nor does one without essential ones', [log], [ended('log')], ['SERVING']],
  ])('%s', (_, containers, observed, expected) => {
    expect(look(containers, observed)).toEqual(expected);
  });

  test('one that waits for its restart is not served before, and is looked at when it is due', () => {
    const restarts = new Map([['job', { count: 3, inRow: 3, startedAt: 999_995 }]]);
    const retried = aContainer({ name: 'job', restart: { name: 'on-failure' } });
    const observed = [ended('job', failed)];
    const desired = { phase: 'run', order } as const;
    const situation = { desired, role: { name: 'web', containers: [retried] }, observed, restarts };
    expect(nextRestart({ ...situation, targets: [], ready, now: 0 })).toBe(1_000_400);
    expect(look([retried], observed, { restarts, now: 1_000_399 })).toEqual(['STARTING']);
    expect(look([retried], observed, { restarts, now: 1_000_400 })).toEqual(['STARTING', 'restart job']);
  });

  test('one that starts after a job waits until that has done its work', () => {
    const app = aContainer({ name: 'app', after: ['job'] });
    const created = anObserved({ id: 'app', name: 'app', state: 'created' });
    expect(look([job, app], [up('job'), created], { ready: new Set() })).toEqual([
      'STARTING',
      'await_ready job',
    ]);
    expect(look([job, app], [ended('job'), created])).toEqual(['STARTING', 'start app']);
  });
});

test.each([
  [anEnd(), true],
  [anEnd({ exitCode: 1 }), false],
  [anEnd({ killedFromOutside: true }), false],
  [anEnd({ engineRestarted: true }), false],
  [anEnd({ oomKilled: true }), false],
])('%o has done its work: %s', (end, isExpected) => {
  expect(isCompleted(end)).toBe(isExpected);
});
