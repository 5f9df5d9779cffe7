import { describe, expect, test } from 'vitest';
import { checkOrder, environmentOf, type Order } from '../../agent/core/order/order.ts';
import { isOver, isSettled, orderStateIn, type OrderState } from '../../agent/core/order/order-state.ts';
import { plan, type ObservedContainer, type Situation } from '../../agent/core/order/planner.ts';
import type { Role } from '../../proto/recipe/role.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { aContainer, anObserved, order, role } from '../support/role-builders.ts';

test('a container gets what the role takes from the order, and always who it is for', () => {
  const container = aContainer({ userEnv: ['BRANCH'] });
  const asked = { ...order, env: { BRANCH: 'main', PATH: '/evil', PARBAKE_USER: 'mallory' } };
  expect(environmentOf(asked, container, 'i-1')).toEqual({
    BRANCH: 'main',
    PARBAKE_USER: 'alice',
    PARBAKE_ENVIRONMENT: 'main',
    PARBAKE_ASSIGNMENT_ID: 'as-1',
    PARBAKE_INSTANCE_ID: 'i-1',
  });
});

test.each<[string, Partial<Order>, Role | undefined]>([
  ['ROLE_UNKNOWN: role web is not', {}, undefined],
  [
    'ENV_NOT_ALLOWED: role web does not take 2 of the variables',
    { env: { PATH: '', BRANCH: '', PARBAKE_USER: '' } },
    { name: 'web', containers: [aContainer({ userEnv: ['BRANCH'] })] },
  ],
  ['FILES_NOT_ALLOWED: role web takes no files', { files: { key: Buffer.of(1) } }, role],
  ...[
    '../../../../etc/cron.d/x',
    '/etc/passwd',
    '..',
    '.',
    '',
    'a/b',
    'a\\b\0',
    '.hidden',
    'x'.repeat(256),
  ].map((name): [string, Partial<Order>, Role] => [
    `REQUEST_INVALID: files has an invalid name of ${name.length} characters`,
    { files: { [name]: Buffer.of(1) } },
    { name: 'web', containers: [aContainer({ files: '/run/files' })] },
  ]),
  [
    'REQUEST_INVALID: files has more than 64 files',
    { files: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`f${index}`, Buffer.of(1)])) },
    { name: 'web', containers: [aContainer({ files: '/run/files' })] },
  ],
  [
    'REQUEST_INVALID: env has a NUL character',
    { env: { BRANCH: 'a\0PATH=/evil' } },
    { name: 'web', containers: [aContainer({ userEnv: ['BRANCH'] })] },
  ],
])('an order that asks for more than was baked is refused: %s', (reason, asked, baked) => {
  let said: unknown;
  try {
    checkOrder({ ...order, ...asked }, baked);
  } catch (cause) {
    said = toParbakeError(cause).toReason();
  }
  expect(said).toContain(reason);
});

describe('how far an order is', () => {
  const other = anObserved({ id: 'o', role: 'api', assignmentId: '', level: 'gate', state: 'waiting' });
  const both = (state: ObservedContainer['state']) => [
    anObserved({ id: 'a', state }),
    anObserved({ id: 'b', name: 'cache', state }),
  ];
  const stateIn = (over: Partial<Situation>): OrderState | undefined => {
    const desired = { phase: 'run', order } as const;
    const none = { targets: [], observed: [], ready: new Set<string>(), restarts: new Map(), now: 0 };
    const situation = { desired, role, ...none, ...over };
    return orderStateIn(situation, plan(situation));
  };

  test.each<[string, OrderState | undefined, Partial<Situation>]>([
    ['while containers are made', 'STARTING', {}],
    ['while one of them is started', 'STARTING', { observed: [anObserved(), ...both('created').slice(1)] }],
    ['while gates wait', 'STARTING', { observed: both('waiting').map((one) => ({ ...one, level: 'gate' })) }],
    ['once all run', 'STARTED', { observed: both('running') }],
    ['once some are ready', 'STARTED', { observed: both('running'), ready: new Set(['a']) }],
    ['once all are ready', 'SERVING', { observed: both('running'), ready: new Set(['a', 'b']) }],
    [
      'while others are let go',
      'SERVING',
      { observed: [...both('running'), other], ready: new Set(['a', 'b']) },
    ],
    ['while others make room', 'STARTING', { observed: [...both('created'), other] }],
    [
      'while containers are taken down',
      undefined,
      { desired: { phase: 'stop', order }, observed: both('running') },
    ],
    ['once they are gone', 'STOPPED', { desired: { phase: 'stop', order } }],
    ['without one', undefined, { desired: { phase: 'idle' } }],
  ])('%s: %s', (_when, state, situation) => {
    expect(stateIn(situation)).toBe(state);
  });

  test('ends the work for it where it failed or stopped', () => {
    const states = ['DELIVERED', 'STARTING', 'STARTED', 'SERVING', 'FAILED', 'STOPPED'] as const;
    expect(states.filter(isSettled)).toEqual(['SERVING', 'FAILED', 'STOPPED']);
    expect(states.filter((state) => isOver(state, 'run'))).toEqual(['FAILED']);
    expect(states.filter((state) => isOver(state, 'stop'))).toEqual(['STOPPED']);
  });
});
