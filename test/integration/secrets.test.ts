import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Secrets } from '../../coordinator/secrets/secrets.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getAssignment } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { startShortCoordinator, type ShortCoordinator } from '../support/short-coordinator.ts';
import { waitFor } from '../testbed/wait.ts';

const codeOf = (cause: unknown): string => fromStatus(cause).code;

describe('finding 17: a secret that an order refers to', () => {
  let coordinator: LoneCoordinator;
  let directory: string;
  const secret = 'zWl4Qm5pT3V0LW9mLXRoZS1zdG9yZQ';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-secrets-'));
    mkdirSync(join(directory, 'secrets/shop'), { recursive: true });
    writeFileSync(join(directory, 'secrets/shop/db'), `${secret}\n`);
    writeFileSync(join(directory, 'secrets/other'), 'of another caller');
    const rules = join(directory, 'rules.yaml');
    writeFileSync(
      rules,
      'apiVersion: parbake/v1\nrules: [{ secrets: [shop/*], roles: [web], callers: [operator/local] }]\n',
    );
    const secrets = `file:${join(directory, 'secrets')}`;
    coordinator = await startLoneCoordinator(['--secrets', secrets, '--secret-rules', rules]);
  });

  afterAll(async () => {
    await coordinator.close();
    rmSync(directory, { recursive: true });
  });

  const ask = (env: Record<string, string>, role = 'web') =>
    assign(coordinator.clients, { user: 'alice', role, env }, 5_000);

  test('reaches the instance, and is in nothing that the coordinator keeps or says', async () => {
    const agent = await readyAgent(coordinator, { role: 'web', userEnv: ['URL'] });
    const { assignment } = await ask({ URL: 'postgres://web:${secret:shop/db}@db' });
    expect(agent.desired.at(-1)?.order?.env).toEqual({ URL: `postgres://web:${secret}@db` });
    const answer = await getAssignment(coordinator.clients, assignment?.assignmentId ?? '');
    expect(JSON.stringify(answer)).not.toContain(secret);
    const hasSecret = (name: string): boolean =>
      readFileSync(join(coordinator.directory, name)).includes(secret);
    expect(readdirSync(coordinator.directory).filter(hasSecret)).toEqual([]);
  });

  test('is fetched again after a restart, with what it is then', async () => {
    const agent = await readyAgent(coordinator, { role: 'web', userEnv: ['URL'] });
    await ask({ URL: '${secret:shop/db}' });
    await coordinator.restart('SIGTERM', async () => {
      writeFileSync(join(directory, 'secrets/shop/db'), 'changed');
    });
    const { instanceId } = agent;
    const back = await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web', userEnv: ['URL'] });
    await waitFor('the order', () => back.desired.length > 0);
    expect(back.desired.at(-1)?.order?.env).toEqual({ URL: 'changed' });
  });

  test.each([
    ['of another caller', { URL: '${secret:other}' }, 'web', 'SECRET_NOT_ALLOWED'],
    ['for another role', { URL: '${secret:shop/db}' }, 'batch', 'SECRET_NOT_ALLOWED'],
    ['that does not exist', { URL: '${secret:shop/none}' }, 'web', 'SECRET_NOT_FOUND'],
    ['that leads elsewhere', { URL: '${secret:shop/../other}' }, 'web', 'REQUEST_INVALID'],
  ])('%s is refused', async (_, env, role, code) => {
    await expect(ask(env, role).catch(codeOf)).resolves.toBe(code);
  });
});

describe('a slow secret store', () => {
  let coordinator: ShortCoordinator;
  let answer: () => Promise<string>;

  beforeEach(async () => {
    const rules = [{ secrets: ['*'], roles: ['*'], callers: ['*'] }];
    const provider = { fetch: () => answer() };
    coordinator = await startShortCoordinator({}, new Secrets({ provider, rules, freshFor: 1 }));
  });

  afterEach(() => coordinator.close());

  const agentOf = () => readyAgent(coordinator, { role: 'web', userEnv: ['URL'], outcome: 'SERVING' });
  const ask = (user: string, env: Record<string, string>) =>
    assign(coordinator.clients, { user, role: 'web', env });

  test('holds up the orders that name it and nobody else', async () => {
    const fetching = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return fetching.promise;
    };
    await agentOf();
    await agentOf();
    const slow = ask('slow', { URL: '${secret:a}' });
    await asked.promise;
    expect((await ask('quick', { URL: 'plain' })).assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    fetching.resolve('fetched');
    expect((await slow).assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
  });

  test('that fails at a delivery ends no session, and the order follows', async () => {
    answer = () => Promise.resolve('fetched');
    const agent = await agentOf();
    await ask('alice', { URL: '${secret:a}' });
    let failures = 0;
    answer = () => {
      failures += 1;
      return Promise.reject(new ParbakeError('SECRET_UNAVAILABLE', 'away'));
    };
    agent.cut();
    const { instanceId } = agent;
    const options = { instanceId, role: 'web', userEnv: ['URL'] };
    const back = await startSimulatedAgent(coordinator.agents, options);
    await waitFor('a failure', () => failures > 0);
    expect(back.desired).toEqual([]);
    answer = () => Promise.resolve('back');
    await waitFor('the order', () => back.desired.at(-1)?.order?.env['URL'] === 'back');
  });

  test('is not asked again for a request that is repeated while it is away', async () => {
    answer = () => Promise.resolve('fetched');
    await agentOf();
    const request = { requestId: 'same', user: 'alice', role: 'web', env: { URL: '${secret:a}' } };
    const { assignment } = await assign(coordinator.clients, request);
    answer = () => Promise.reject(new ParbakeError('SECRET_UNAVAILABLE', 'away'));
    const again = await assign(coordinator.clients, request);
    expect(again).toMatchObject({ replayed: true, assignment: { assignmentId: assignment?.assignmentId } });
    const other = assign(coordinator.clients, { ...request, requestId: 'other' });
    await expect(other.catch(codeOf)).resolves.toBe('SECRET_UNAVAILABLE');
  });
});
