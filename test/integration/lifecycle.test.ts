import { afterEach, describe, expect, test } from 'vitest';
import { defaultLimits, type Limits } from '../../coordinator/core/limits.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { startShortCoordinator, type ShortCoordinator } from '../support/short-coordinator.ts';
import { aRole } from '../support/store-builders.ts';
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
/**
 * Milliseconds of a caller that waits in vain. A twentieth of them is what the coordinator has left to say why, which a
 * busy machine needs.
 */
const inVain = 10_000;
const stored = async (assignmentId = '') => await coordinator.fleet.store.assignment(assignmentId);
const stateOf = async (instanceId: string) =>
  (await getInstance(coordinator.clients, instanceId)).state.replace('INSTANCE_STATE_', '');
const becomes = (instanceId: string, state: string) =>
  waitFor(`${instanceId} to be ${state}`, async () => (await stateOf(instanceId)) === state);
const poolOf = async (role: string) =>
  (await coordinator.fleet.view.pools()).find(({ name }) => name === role);
const userFault = {
  failure: { reason: 'CONTAINER_EXITED', message: 'app exited with code 3', fault: 'FAULT_USER' },
  outcome: 'FAILED',
} as const;

describe('an agent that does not answer', () => {
  test('A3: the next instance serves within seconds, and the silent one is fenced and told to stop', async () => {
    await start({ delivery: 100 });
    const silent = await ready({ outcome: 'silence' });
    const healthy = await ready();
    const { assignment } = await ask();
    expect(assignment).toMatchObject({ instanceId: healthy.instanceId, attempt: 2 });
    expect(assignment?.attempts[0]).toMatchObject({
      instanceId: silent.instanceId,
      outcome: 'ATTEMPT_OUTCOME_UNDELIVERED',
      reason: 'INSTANCE_SILENT',
    });
    expect(await stateOf(silent.instanceId)).toBe('RELEASING');
    await waitFor('the stop order', () => silent.desired.at(-1)?.phase === 'DESIRED_PHASE_STOP');
    expect(silent.desired.at(-1)?.generation).toBeGreaterThan(silent.desired.at(-2)?.generation ?? 0);
  });

  test('A3: one that comes back without ever having had the order is in its pool again', async () => {
    await start({ delivery: 100, silentRelease: 1 });
    const gone = await ready({ outcome: 'silence' });
    const answer = ask();
    await waitFor('the order', () => gone.desired.at(-1)?.phase === 'DESIRED_PHASE_RUN');
    gone.cut();
    await becomes(gone.instanceId, 'RELEASING');
    const { instanceId } = gone;
    await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web' });
    expect((await answer).assignment).toMatchObject({ instanceId, attempt: 2 });
  });

  test('A3: one that had the order, and comes back, is retired', async () => {
    await start({ delivery: 100 });
    const silent = await ready({ outcome: 'silence' });
    await ready();
    await ask();
    await becomes(silent.instanceId, 'RELEASING');
    const assignmentId = silent.desired.at(-1)?.order?.assignmentId ?? '';
    silent.observe({ order: { assignmentId, state: 'ORDER_STATE_DELIVERED' } });
    silent.observe({ order: { assignmentId, state: 'ORDER_STATE_STOPPED' } });
    await becomes(silent.instanceId, 'RETIRED');
    expect((await poolOf('web'))?.readyInstances).toBe(0);
  });

  test('A3: nothing is concluded while the coordinator has just started', async () => {
    await start({ delivery: 1, settling: 60_000 });
    const silent = await ready({ outcome: 'silence' });
    await ready();
    const { code } = await refusal(ask({}, 1_000));
    expect(code).toBe('DEADLINE_EXCEEDED');
    expect(await stateOf(silent.instanceId)).toBe('ASSIGNED');
  });

  test('A3: nothing is concluded while a large part of the pool falls silent at once', async () => {
    await start({ delivery: 600_000 });
    const pool = await Promise.all(Array.from({ length: 6 }, () => ready({ outcome: 'silence' })));
    const { assignment } = await ask({ wait: 'WAIT_UNTIL_CLAIMED' });
    for (const agent of pool) agent.cut();
    await waitFor('the silence', async () => (await poolOf('web'))?.silent === 6);
    const { massSilence } = await coordinator.fleet.store.sweep(
      { delivery: 0, start: 0, silentStart: 0, release: 0, silentRelease: 0, quarantine: 0, settling: 0 },
      0,
      { now: Date.now(), steady: performance.timeOrigin + performance.now() },
    );
    expect(massSilence).toEqual(['web']);
    expect(await stateOf(assignment?.instanceId ?? '')).toBe('ASSIGNED');
  });

  test('A4: a release ends at its time limit, and says since when the instance is silent', async () => {
    await start({ silentRelease: 100 });
    const agent = await ready();
    const { assignment } = await ask();
    agent.cut();
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the end', async () => (await stored(assignment?.assignmentId))?.state === 'RELEASED');
    const { state, reason, message } = await getInstance(coordinator.clients, agent.instanceId);
    expect({ state, reason }).toEqual({ state: 'INSTANCE_STATE_RETIRED', reason: 'RELEASE_TIMEOUT' });
    expect(message).toMatch(/silent since 2\d{3}-/);
  });

  test('A5: ready means READY and connected, and an operator says that an instance is lost', async () => {
    await start();
    const pool = await Promise.all(Array.from({ length: 3 }, () => ready()));
    for (const agent of pool) agent.cut();
    await waitFor('the silence', async () => (await poolOf('web'))?.silent === 3);
    expect(await poolOf('web')).toMatchObject({ readyInstances: 0, silent: 3, lost: 0 });
    expect((await coordinator.fleet.view.counts()).states).toMatchObject({ READY: 0, LOST: 0 });
    expect((await refusal(ask({}, inVain))).code).toBe('NO_CAPACITY');
    for (const { instanceId } of pool) await coordinator.fleet.operator.retire(instanceId, true);
    expect(await poolOf('web')).toMatchObject({ readyInstances: 0, silent: 0, lost: 3 });
  });

  test('A5: an instance whose agent is connected cannot be declared lost', async () => {
    await start();
    const { instanceId } = await ready();
    await expect(coordinator.fleet.operator.retire(instanceId, true)).rejects.toThrow(/is connected/);
  });
});

describe('the end of containers', () => {
  test('A6: a job that exits with 0 is COMPLETED, run once, and its instance is retired', async () => {
    await start();
    const agent = await ready({ outcome: 'COMPLETED' });
    const other = await ready();
    const { assignment } = await ask();
    expect(assignment).toMatchObject({ state: 'ASSIGNMENT_STATE_COMPLETED', attempt: 1 });
    expect(assignment?.attempts).toMatchObject([{ outcome: 'ATTEMPT_OUTCOME_COMPLETED', reason: '' }]);
    await becomes(agent.instanceId, 'RETIRED');
    expect(await stateOf(other.instanceId)).toBe('READY');
  });

  test("A7: a user's wrong value costs one machine", async () => {
    await start();
    const broken = await ready(userFault);
    const others = await Promise.all([ready(), ready()]);
    const { code, message } = await refusal(ask());
    expect(code).toBe('ASSIGNMENT_FAILED');
    expect(message).toContain('CONTAINER_EXITED: app exited with code 3');
    await becomes(broken.instanceId, 'RETIRED');
    for (const { instanceId } of others) expect(await stateOf(instanceId)).toBe('READY');
  });

  test('A7: a client that repeats what cannot work has to wait, and others do not', async () => {
    await start();
    for (let count = 0; count < 3; count++) {
      await ready(userFault);
      expect((await refusal(ask())).code).toBe('ASSIGNMENT_FAILED');
    }
    const spared = await ready();
    const { code, message } = await refusal(ask());
    expect(code).toBe('ASSIGN_BACKOFF');
    expect(message).toMatch(/ask again in \d+ s/);
    expect(await stateOf(spared.instanceId)).toBe('READY');
    const { assignment } = await ask({ user: 'bob' });
    expect(assignment?.instanceId).toBe(spared.instanceId);
  });

  test('A7: a fault of the machine quarantines it for a time, and the next one is tried', async () => {
    await start({ quarantine: 200 });
    const broken = await ready({ outcome: 'FAILED' });
    const healthy = await ready();
    const { assignment } = await ask();
    expect(assignment).toMatchObject({ instanceId: healthy.instanceId, attempt: 2 });
    expect(assignment?.attempts[0]).toMatchObject({ fault: 'FAULT_MACHINE', reason: 'DOCKER_FAILED' });
    await becomes(broken.instanceId, 'RETIRED');
  });

  test('A8: a request that nobody waits for takes no instance, and the error names the failed attempt', async () => {
    await start();
    const broken = await ready({ outcome: 'FAILED' });
    const { code, message } = await refusal(ask({}, inVain));
    expect(code).toBe('NO_CAPACITY');
    expect(message).toContain(`attempt 1 on ${broken.instanceId} failed: DOCKER_FAILED`);
    const late = await ready();
    expect(await stateOf(late.instanceId)).toBe('READY');
    expect((await ask({ user: 'bob' })).assignment?.instanceId).toBe(late.instanceId);
  });

  test('A9: a fault of the machine after SERVING fails the assignment unless the role wants another', async () => {
    await start();
    const first = await ready();
    const spare = await ready();
    const { assignment } = await ask();
    const order = { assignmentId: assignment?.assignmentId ?? '', state: 'ORDER_STATE_FAILED' } as const;
    const killed = {
      reason: 'CONTAINER_EXITED',
      message: 'killed from outside',
      fault: 'FAULT_MACHINE',
    } as const;
    first.observe({ order: { ...order, ...killed } });
    await waitFor('the failure', async () => (await stored(assignment?.assignmentId))?.state === 'FAILED');
    expect(await stateOf(first.instanceId)).toBe('QUARANTINED');
    expect(await stateOf(spare.instanceId)).toBe('READY');
  });

  test('A9: with on_loss replace it moves, and each attempt has its own times', async () => {
    await start();
    const onLoss = 'ON_LOSS_REPLACE';
    const first = await ready({ onLoss });
    const second = await ready({ onLoss });
    const { assignment } = await ask();
    const assignmentId = assignment?.assignmentId ?? '';
    const killed = { reason: 'CONTAINER_EXITED', message: 'killed', fault: 'FAULT_MACHINE' } as const;
    first.observe({ order: { assignmentId, state: 'ORDER_STATE_FAILED', ...killed } });
    const moved = await waitFor('the other instance', async () => {
      const found = await stored(assignmentId);
      return found?.state === 'SERVING' && found.instanceId === second.instanceId && found;
    });
    expect(moved.attempts.map(({ outcome }) => outcome)).toEqual(['FAILED', 'RUNNING']);
    const [before, after] = moved.attempts;
    expect(after?.startSteady).toBeGreaterThan(before?.startSteady ?? Number.POSITIVE_INFINITY);
    // From its own start, and not from the call.
    expect(after?.timings.ready).toBeLessThan(
      (after?.startSteady ?? 0) - moved.receivedSteady + (after?.timings.ready ?? 0),
    );
    expect((await stateOf(first.instanceId)) === 'QUARANTINED').toBe(true);
  });

  test('A9: with silent_after it moves once its agent was silent for so long, and the old instance is fenced', async () => {
    await start();
    await coordinator.fleet.store.applyRoles([aRole('web', { onLoss: 'REPLACE', silentAfterMs: 100 })]);
    const onLoss = 'ON_LOSS_UNSPECIFIED';
    const first = await ready({ onLoss });
    const second = await ready({ onLoss });
    const { assignment } = await ask();
    const assignmentId = assignment?.assignmentId ?? '';
    first.cut();
    const moved = await waitFor('the other instance', async () => {
      const found = await stored(assignmentId);
      return found?.state === 'SERVING' && found.instanceId === second.instanceId && found;
    });
    expect(moved.attempts[0]).toMatchObject({ outcome: 'FAILED', fault: 'MACHINE' });
    expect(moved.attempts[0]?.reason).toMatch(/^INSTANCE_SILENT: .* silent since /);
    expect(await stateOf(first.instanceId)).toBe('QUARANTINED');
    // When it is back it is told to stop, by a generation that is higher than that of its order.
    const { instanceId } = first;
    const back = await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web', assignmentId });
    await waitFor('its order to stop', () => back.desired.at(-1)?.phase === 'DESIRED_PHASE_STOP');
    expect(back.desired.at(-1)?.generation).toBeGreaterThan(first.desired.at(-1)?.generation ?? 0);
  });

  test('A9: without silent_after silence alone moves nobody, however long it lasts', async () => {
    await start();
    const onLoss = 'ON_LOSS_REPLACE';
    const first = await ready({ onLoss });
    await ready({ onLoss });
    const { assignment } = await ask();
    first.cut();
    await waitFor('the silence', async () => (await poolOf('web'))?.silent === 1);
    const steady = performance.timeOrigin + performance.now() + 30 * 86_400_000;
    await coordinator.fleet.store.sweep(defaultLimits, 0, { now: Date.now(), steady });
    expect(await stored(assignment?.assignmentId)).toMatchObject({
      state: 'SERVING',
      instanceId: first.instanceId,
    });
  });

  test('A18: an instance that cannot stop shows why, and is given up at its time limit', async () => {
    // Long enough for the reason to be seen on a busy machine.
    await start({ release: 3_000 });
    const agent = await ready({ cannotStop: 'cannot remove container app: device or resource busy' });
    const { assignment } = await ask();
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the reason', async () => {
      const { state, message } = await getInstance(coordinator.clients, agent.instanceId);
      return state === 'INSTANCE_STATE_RELEASING' && message.includes('device or resource busy');
    });
    await becomes(agent.instanceId, 'RETIRED');
    expect((await stored(assignment?.assignmentId))?.state).toBe('RELEASED');
    const { reason, message } = await getInstance(coordinator.clients, agent.instanceId);
    expect(reason).toBe('RELEASE_TIMEOUT');
    expect(message).toContain('device or resource busy');
  });
});
