import { expect, test } from 'vitest';
import {
  describeEnd,
  endFrom,
  type ContainerEnd,
  type EndEvidence,
} from '../../agent/core/order/container-end.ts';
import { faultOf } from '../../agent/core/order/fault.ts';
import { anEnd } from '../support/role-builders.ts';

const minute = 60_000;
/** A container that ran for ten minutes in a Docker that runs for an hour. */
const usual: EndEvidence = {
  exitCode: 137,
  oomKilled: false,
  hasMemoryLimit: false,
  startedAt: 90 * minute,
  finishedAt: 100 * minute,
  wasAskedToEnd: false,
  engineStartedAt: 40 * minute,
  bootedAt: 30 * minute,
  hostKilledForMemory: false,
};

type Causes = Pick<ContainerEnd, 'oomKilled' | 'hostOomKilled' | 'engineRestarted' | 'killedFromOutside'>;
const none: Causes = {
  oomKilled: false,
  hostOomKilled: false,
  engineRestarted: false,
  killedFromOutside: false,
};

test.each<[string, Partial<EndEvidence>, Partial<Causes>, 'USER' | 'MACHINE']>([
  ['exits with 3', { exitCode: 3 }, {}, 'USER'],
  ['exits with 0', { exitCode: 0 }, {}, 'USER'],
  ['crashes', { exitCode: 139 }, {}, 'USER'],
  ['ends itself at a SIGTERM of its own', { exitCode: 143 }, {}, 'USER'],
  ['is killed by nobody that Docker knows', {}, { killedFromOutside: true }, 'MACHINE'],
  ['is killed through Docker', { wasAskedToEnd: true }, { killedFromOutside: true }, 'MACHINE'],
  [
    'is stopped through Docker and exits with 0',
    { exitCode: 0, wasAskedToEnd: true },
    { killedFromOutside: true },
    'MACHINE',
  ],
  ['exceeds its memory limit', { oomKilled: true, hasMemoryLimit: true }, { oomKilled: true }, 'USER'],
  [
    'has a child that exceeds the limit',
    { exitCode: 1, oomKilled: true, hasMemoryLimit: true },
    { oomKilled: true },
    'USER',
  ],
  ['is killed without a limit of its own', { oomKilled: true }, { hostOomKilled: true }, 'MACHINE'],
  [
    'is killed while the kernel kills for memory',
    { hostKilledForMemory: true },
    { hostOomKilled: true },
    'MACHINE',
  ],
  [
    'has a limit and is killed while the kernel kills for memory',
    { hasMemoryLimit: true, hostKilledForMemory: true },
    { oomKilled: true },
    'USER',
  ],
  ['crashes while the kernel kills for memory', { exitCode: 139, hostKilledForMemory: true }, {}, 'USER'],
  [
    'ends with Docker, which starts again',
    { engineStartedAt: 101 * minute },
    { engineRestarted: true },
    'MACHINE',
  ],
  [
    'exits with 0 because Docker ends',
    { exitCode: 0, engineStartedAt: 101 * minute },
    { engineRestarted: true },
    'MACHINE',
  ],
  [
    'is ended by a Docker that was killed and is back',
    { engineStartedAt: 100 * minute - 1000 },
    { engineRestarted: true },
    'MACHINE',
  ],
  ['ends long before Docker starts again', { exitCode: 3, engineStartedAt: 130 * minute }, {}, 'USER'],
  [
    'ends before the machine boots',
    { exitCode: 0, bootedAt: 200 * minute },
    { engineRestarted: true },
    'MACHINE',
  ],
  [
    'ends soon after Docker started, and began after it',
    { exitCode: 3, startedAt: 100 * minute - 500, engineStartedAt: 100 * minute - 1000 },
    {},
    'USER',
  ],
  ['ends where Docker does not say when it started', { exitCode: 3, engineStartedAt: undefined }, {}, 'USER'],
])('A17: a container that %s', (_, evidence, causes, fault) => {
  const end = endFrom({ ...usual, ...evidence });
  expect(end).toMatchObject({ ...none, ...causes });
  expect(faultOf('CONTAINER_EXITED', end)).toBe(fault);
});

test.each([
  [0, ''],
  [3, ''],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [255, ''],
])('exit code %d is signal "%s"', (exitCode, signal) => {
  expect(endFrom({ ...usual, exitCode })).toMatchObject({ exitCode, signal });
});

test('each cause has words of its own', () => {
  const ends = [
    anEnd({ exitCode: 3 }),
    anEnd({ exitCode: 139, signal: 'SIGSEGV' }),
    anEnd({ exitCode: 137, signal: 'SIGKILL', oomKilled: true }),
    anEnd({ exitCode: 137, signal: 'SIGKILL', hostOomKilled: true }),
    anEnd({ exitCode: 137, signal: 'SIGKILL', engineRestarted: true }),
    anEnd({ exitCode: 137, signal: 'SIGKILL', killedFromOutside: true }),
  ].map(describeEnd);
  expect(new Set(ends).size).toBe(ends.length);
  expect(ends[0]).toBe('exited with code 3');
});

test.each([
  ['READINESS_TIMEOUT', 'USER'],
  ['ENV_NOT_ALLOWED', 'USER'],
  ['IMAGE_NOT_FOUND', 'RECIPE'],
  ['EXEC_FAILED', 'RECIPE'],
  ['IMAGE_PULL_FAILED', 'MACHINE'],
  ['IMAGE_PULL_STALLED', 'MACHINE'],
  ['DOCKER_FAILED', 'MACHINE'],
  ['DISK_FULL', 'MACHINE'],
  ['GATE_UNAVAILABLE', 'MACHINE'],
  ['AGENT_STATE_UNWRITABLE', 'MACHINE'],
] as const)('%s is the fault of %s', (code, fault) => {
  expect(faultOf(code, undefined)).toBe(fault);
});
