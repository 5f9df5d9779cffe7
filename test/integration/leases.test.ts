import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type Limits } from '../../coordinator/core/limits.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { startShortCoordinator, type ShortCoordinator } from '../support/short-coordinator.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: ShortCoordinator;

afterEach(async () => await coordinator.close());

const start = async (limits: Partial<Limits> = {}): Promise<void> => {
  coordinator = await startShortCoordinator(limits);
};
const ready = (options: Omit<Parameters<typeof readyAgent>[1], 'role'> = {}) =>
  readyAgent(coordinator, { role: 'web', ...options });
const ask = (request: Parameters<typeof assign>[1] = {}, timeoutMs?: number) =>
  assign(coordinator.clients, { user: 'alice', role: 'web', ...request }, timeoutMs);
const refusal = async (call: Promise<unknown>) => {
  const cause = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { code, message } = fromStatus(cause);
  return { code, message };
};
const stored = async (assignmentId = '') => await coordinator.fleet.store.assignment(assignmentId);
const stateOf = async (instanceId: string) =>
  (await getInstance(coordinator.clients, instanceId)).state.replace('INSTANCE_STATE_', '');
const becomes = (instanceId: string, state: string) =>
  waitFor(`${instanceId} to be ${state}`, async () => (await stateOf(instanceId)) === state);

describe('a lease', () => {
  test('EXPIRED ends the assignment and retires the instance', async () => {
    await start();
    const agent = await ready();
    const { assignment } = await ask({ ttl: { seconds: 1, nanos: 0 } });
    expect(assignment?.expireTime).not.toBeNull();
    await becomes(agent.instanceId, 'RETIRED');
    expect(await stored(assignment?.assignmentId)).toMatchObject({
      state: 'EXPIRED',
      attempts: [{ outcome: 'EXPIRED' }],
    });
  });

  test.each([{ seconds: 0 }, { seconds: -1 }, { seconds: 400_000_000 }])(
    'of $seconds s is refused',
    async (ttl) => {
      await start();
      await ready();
      expect((await refusal(ask({ ttl: { nanos: 0, ...ttl } }))).code).toBe('REQUEST_INVALID');
    },
  );
});

describe('if_exists', () => {
  test('RETURN gives the live assignment of the same content, and refuses another content', async () => {
    await start();
    await ready({ userEnv: ['A'] });
    const request = { environment: 'main', env: { A: '1' }, ifExists: 'IF_EXISTS_RETURN' } as const;
    const first = await ask(request);
    const second = await ask(request);
    expect([first.existing, second.existing]).toEqual([false, true]);
    expect(second.assignment?.assignmentId).toBe(first.assignment?.assignmentId);
    expect((await refusal(ask({ ...request, env: { A: '2' } }))).code).toBe('ASSIGNMENT_DIFFERS');
  });

  test('C4: REPLACE brings a new one to SERVING and then releases the old one', async () => {
    await start();
    const [old, next] = [await ready(), await ready()];
    const request = { environment: 'main', ifExists: 'IF_EXISTS_REPLACE' } as const;
    const first = await ask(request);
    const second = await ask({ ...request, requestId: randomUUID() });
    expect(second.assignment).toMatchObject({
      state: 'ASSIGNMENT_STATE_SERVING',
      instanceId: next.instanceId,
    });
    await becomes(old.instanceId, 'RETIRED');
    expect((await stored(first.assignment?.assignmentId))?.state).toBe('RELEASED');
  });
});

describe('an operator', () => {
  test('drains: a pool instance is retired, one with a user when its assignment ends', async () => {
    await start();
    const [used, free] = [await ready(), await ready()];
    const { assignment } = await ask();
    for (const { instanceId } of [used, free]) await coordinator.fleet.operator.drain(instanceId);
    expect([await stateOf(used.instanceId), await stateOf(free.instanceId)]).toEqual(['DRAINING', 'RETIRED']);
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await becomes(used.instanceId, 'RETIRED');
  });

  test('clears a quarantine only of an instance that never had a user', async () => {
    await start();
    await ready({ facts: { engineId: 'one' } });
    const instanceId = `i-${randomUUID()}`;
    const facts = { engineId: 'one' };
    await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web', facts });
    await becomes(instanceId, 'QUARANTINED');
    await coordinator.fleet.operator.clearQuarantine(instanceId);
    expect(await stateOf(instanceId)).not.toBe('QUARANTINED');
    const broken = await readyAgent(coordinator, { role: 'broken', outcome: 'FAILED' });
    await refusal(ask({ role: 'broken' }, 1_500));
    await becomes(broken.instanceId, 'QUARANTINED');
    const cleared = coordinator.fleet.operator.clearQuarantine(broken.instanceId);
    await expect(cleared).rejects.toThrow(/had a user/);
  });
});
