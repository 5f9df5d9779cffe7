import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { encodeOrder } from '../../agent/core/order/gate-order.ts';
import { checkOrder, environmentOf } from '../../agent/core/order/order.ts';
import { notTaken } from '../../proto/recipe/order-content.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { AssignRequest__Output } from '../../proto/gen/parbake/v1/AssignRequest.ts';
import { aContainer } from '../support/role-builders.ts';
import { violationsOf } from '../support/violations.ts';
import { assignFromProto } from '../../coordinator/api/from-proto/assign.ts';

const request: AssignRequest__Output = {
  requestId: 'r'.repeat(128),
  user: 'u'.repeat(256),
  role: 'web',
  environment: 'e'.repeat(256),
  env: {},
  wait: 'WAIT_UNTIL_READY',
  files: {},
  ttl: null,
  ifExists: 'IF_EXISTS_UNSPECIFIED',
  routes: [],
};
const read = (env: Record<string, string>) => assignFromProto({ ...request, env }, new Metadata());
/** Three bytes. */
const wide = '€';

test('what the coordinator takes, a gate takes', () => {
  const value = wide.repeat(32 * 1024);
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`VARIABLE_${index}`, value]));
  const { user, environment, role, env } = read({ ...nine, LAST: 'x'.repeat(94 * 1024) });
  const order = { assignmentId: 'as-1', user, environment, role, env, files: {} };
  const container: ContainerSpec = {
    name: 'app',
    image: 'app:1',
    prepare: 'gate',
    ports: [],
    ready: { kind: 'started' },
    userEnv: Object.keys(env),
  };
  expect(encodeOrder(environmentOf(order, container, 'i-1')).length).toBeGreaterThan(950 * 1024);
});

test.each([
  [
    'one value that the kernel would refuse',
    { A: 'x'.repeat(128 * 1024) },
    'REQUEST_INVALID',
    'env has a value of 131072 bytes',
  ],
  ['bytes, not characters', { A: wide.repeat(32 * 1024 + 1) }, 'REQUEST_INVALID', 'of 98307 bytes'],
  ['a name without end', { ['A'.repeat(257)]: '' }, 'REQUEST_INVALID', 'an invalid name of 257 characters'],
  ['a NUL', { A: 'a\0b' }, 'REQUEST_INVALID', 'NUL'],
  [
    'all of it together',
    Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`V${index}`, 'x'.repeat(90 * 1024)])),
    'ORDER_TOO_LARGE',
    'more than 983040',
  ],
])('no instance is asked for %s', (_what, env, code, text) => {
  expect(() => read(env)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
});

test.each([
  ['an invalid name', { 'hunter2=': '' }],
  ['a valid name with an invalid value', { hunter2: '\0' }],
  ['a valid name with a value that is too long', { hunter2: 'x'.repeat(97 * 1024) }],
])('finding 28: no error repeats %s', (_, env) => {
  const message = expect.not.stringContaining('hunter2');
  expect(() => read(env)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID', message }));
  expect(JSON.stringify(violationsOf(() => read(env)))).not.toContain('hunter2');
});

test('finding 28: neither does the agent, nor the error about variables that a role does not take', () => {
  const order = { assignmentId: 'as-1', user: 'u', environment: '', role: 'web', files: {} };
  const role = { name: 'web', containers: [aContainer({ userEnv: ['BRANCH'] })] };
  expect(() => checkOrder({ ...order, env: { hunter2: '' } }, role)).toThrow(
    expect.objectContaining({ code: 'ENV_NOT_ALLOWED', message: notTaken('web', ['hunter2']) }),
  );
  expect(notTaken('web', ['hunter2'])).toBe('role web does not take a variable whose name has 7 characters');
  expect(notTaken('web', ['hunter2', 'x'])).toBe(
    'role web does not take 2 of the variables; their names have 7, 1 characters',
  );
});

test('a caller is told about everything that is wrong with its request, by field', () => {
  const wrong = {
    requestId: '',
    user: 'u'.repeat(257),
    wait: 42 as never,
    env: { 'NOT-A-NAME': '', ALSO: '\0' },
    files: { '../up': Buffer.alloc(1) },
  };
  expect(violationsOf(() => assignFromProto({ ...request, ...wrong }, new Metadata()))).toEqual([
    'request_id',
    'user',
    'env',
    'env',
    'files',
    'wait',
  ]);
});
