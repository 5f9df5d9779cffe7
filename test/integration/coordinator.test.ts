import { durationOf, millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import type { ImdsExposure } from '../../proto/gen/parbake/v1/ImdsExposure.ts';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { runInside } from '../support/run-command.ts';
import { startCoordinatorProcess } from '../testbed/coordinator-process.ts';
import { startProgram } from '../testbed/processes.ts';
import { waitFor } from '../testbed/wait.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';

const project = join(import.meta.dirname, '../..');

describe('the coordinator', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
  });

  afterAll(async () => {
    await coordinator.close();
  });

  const codeOf = (cause: unknown): string => fromStatus(cause).code;

  test('a crowd that asks at once: every instance goes to one user, and who is left over is told so', async () => {
    await Promise.all(Array.from({ length: 60 }, () => readyAgent(coordinator, { role: 'crowd' })));
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, index) =>
        assign(coordinator.clients, { user: `user-${index}`, role: 'crowd' }, 30_000).catch(codeOf),
      ),
    );
    const served = answers.filter((answer): answer is AssignResponse__Output => typeof answer !== 'string');
    expect(served).toHaveLength(60);
    expect(new Set(served.map(({ assignment }) => assignment?.instanceId)).size).toBe(60);
    expect(answers.filter((answer) => answer === 'NO_CAPACITY')).toHaveLength(20);
  });

  test('a text that an error cuts between the halves of a character ends no more than the call', async () => {
    const env = { [`x${'😀'.repeat(64)}`]: '' };
    const answer = assign(coordinator.clients, { user: 'alice', role: 'crowd', env });
    await expect(answer.catch(codeOf)).resolves.toBe('REQUEST_INVALID');
    await expect(getInstance(coordinator.clients, 'i-none').catch(codeOf)).resolves.toBe(
      'INSTANCE_NOT_FOUND',
    );
  });

  test('one request id from many callers at once is one assignment', async () => {
    await Promise.all([readyAgent(coordinator, { role: 'same' }), readyAgent(coordinator, { role: 'same' })]);
    const requestId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        assign(coordinator.clients, { requestId, user: 'alice', role: 'same' }),
      ),
    );
    expect(new Set(answers.map(({ assignment }) => assignment?.assignmentId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  test('an instance whose containers fail is quarantined, and the caller gets the next under the same assignment', async () => {
    const broken = await readyAgent(coordinator, { role: 'shaky', outcome: 'FAILED' });
    const healthy = await readyAgent(coordinator, { role: 'shaky' });
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'shaky' });
    expect(assignment).toMatchObject({ instanceId: healthy.instanceId, attempt: 2 });
    const { state, reason } = await getInstance(coordinator.clients, broken.instanceId);
    expect(state).toBe('INSTANCE_STATE_QUARANTINED');
    expect(reason).toBe('DOCKER_FAILED');
    await waitFor('the stop order', () => broken.desired.at(-1)?.phase === 'DESIRED_PHASE_STOP');
  });

  test('when three instances failed the caller is told why', async () => {
    for (let count = 0; count < 3; count++)
      await readyAgent(coordinator, { role: 'hopeless', outcome: 'FAILED' });
    const failed = assign(coordinator.clients, { user: 'alice', role: 'hopeless' });
    await expect(failed).rejects.toThrow(/3 instances were tried: DOCKER_FAILED/);
  });

  test('an instance with the identity of a live one is quarantined, naming both', async () => {
    const first = await readyAgent(coordinator, { role: 'twin', facts: { engineId: 'one-engine' } });
    const instanceId = `i-${randomUUID()}`;
    await startSimulatedAgent(coordinator.agents, {
      instanceId,
      role: 'twin',
      facts: { engineId: 'one-engine' },
    });
    const { state, reason, message } = await getInstance(coordinator.clients, instanceId);
    expect(state).toBe('INSTANCE_STATE_QUARANTINED');
    expect(reason).toBe('DUPLICATE_IDENTITY');
    expect(message).toContain(first.instanceId);
    expect((await getInstance(coordinator.clients, first.instanceId)).state).toBe('INSTANCE_STATE_READY');
  });

  test('an instance that carries an assignment which the store does not know never joins the pool', async () => {
    const instanceId = `i-${randomUUID()}`;
    const agent = await startSimulatedAgent(coordinator.agents, {
      instanceId,
      role: 'foreign',
      assignmentId: 'as-of-another-store',
      observedGeneration: 7,
    });
    expect((await getInstance(coordinator.clients, instanceId)).reason).toBe('FOREIGN_ASSIGNMENT');
    // Its containers are somebody's: a lower generation leaves them running.
    await waitFor('its desired state', () => agent.desired.length > 0);
    expect(agent.desired[0]?.generation).toBeLessThan(7);
  });

  test('an order goes only to an instance whose baked role takes its variables', async () => {
    await readyAgent(coordinator, { role: 'picky', userEnv: ['OLD'] });
    const newer = await readyAgent(coordinator, { role: 'picky', userEnv: ['OLD', 'NEW'] });
    const { assignment } = await assign(coordinator.clients, {
      user: 'alice',
      role: 'picky',
      env: { NEW: '1' },
    });
    expect(assignment?.instanceId).toBe(newer.instanceId);
    const refused = assign(coordinator.clients, { user: 'bob', role: 'picky', env: { OTHER: '1' } });
    await expect(refused.catch(codeOf)).resolves.toBe('ENV_NOT_ALLOWED');
  });

  test('finding 12: show says which roles reach the metadata service, and whether the recipe allows it', async () => {
    const shown = async (reachesMetadata: boolean, imdsExposure: ImdsExposure): Promise<string> => {
      const { instanceId } = await readyAgent(coordinator, { role: 'cloud', reachesMetadata, imdsExposure });
      const { stdout } = await runInside(operatorProgram, [
        'show',
        instanceId,
        '--coordinator',
        coordinator.address,
      ]);
      return stdout;
    };
    expect(await shown(true, 'IMDS_EXPOSURE_IPV4')).toMatch(/^roles +cloud \(metadata: allow\)$/m);
    expect(await shown(false, 'IMDS_EXPOSURE_NONE')).toMatch(/^roles +cloud$/m);
    expect(await shown(false, 'IMDS_EXPOSURE_BOTH')).toMatch(
      /^roles +cloud \(its containers reach the metadata/m,
    );
    const list = ['instances', '--coordinator', coordinator.address];
    const { stdout } = await runInside(operatorProgram, list);
    expect(stdout.match(/cloud \(IMDS exposed\)/g)).toHaveLength(1);
    const answer = await fetch(`${coordinator.url}/metrics`);
    expect(await answer.text()).toMatch(/^parbake_imds_exposed_instances 1$/m);
  });

  test("what an agent measures of its clock is with its instance's timeline, and the coordinator tells the time", async () => {
    const before = Date.now();
    const agent = await readyAgent(coordinator, {
      role: 'clock',
      clock: { offset: durationOf(-3_600_000.5), uncertainty: durationOf(1.25) },
    });
    const received = millisecondsOf(agent.checkIn.receiveTime) ?? 0;
    const answered = millisecondsOf(agent.checkIn.answerTime) ?? 0;
    expect(received).toBeGreaterThanOrEqual(before);
    expect(answered).toBeGreaterThanOrEqual(received);
    const known = await getTimeline(coordinator.clients, agent.instanceId);
    expect(known.clock).toEqual({
      offset: { seconds: -3600, nanos: -500_000 },
      uncertainty: { seconds: 0, nanos: 1_250_000 },
    });
    expect(millisecondsOf(known.clockTime) ?? 0).toBeGreaterThanOrEqual(before - 1);

    agent.heartbeat({ sendTime: timeOf(5_000) });
    await waitFor('the answer', () => agent.acknowledged.length === 1);
    const [ack] = agent.acknowledged;
    expect(ack?.heartbeatSendTime).toEqual(timeOf(5_000));
    expect(millisecondsOf(ack?.answerTime) ?? 0).toBeGreaterThanOrEqual(answered);
    expect((await getTimeline(coordinator.clients, agent.instanceId)).clock).toEqual(known.clock);

    agent.heartbeat({ clock: { offset: durationOf(2), uncertainty: durationOf(1) } });
    await waitFor('the new offset', async () => {
      const { clock } = await getTimeline(coordinator.clients, agent.instanceId);
      return millisecondsOf(clock?.offset) === 2;
    });
    // An invalid one ends the session and leaves what was known.
    agent.heartbeat({ clock: { offset: { seconds: 1, nanos: -1 }, uncertainty: durationOf(-1) } });
    await waitFor(
      'the session to end',
      async () => !(await getInstance(coordinator.clients, agent.instanceId)).connected,
    );
    const { clock } = await getTimeline(coordinator.clients, agent.instanceId);
    expect(clock?.offset).toEqual(durationOf(2));
  });

  test('an agent that says nothing of its clock has none', async () => {
    const { instanceId } = await readyAgent(coordinator, { role: 'clock' });
    expect(await getTimeline(coordinator.clients, instanceId)).toMatchObject({
      clock: null,
      clockTime: null,
    });
  });

  test('killed in the middle of a crowd: what was acknowledged holds, nobody shares, and retries get the same', async () => {
    const pool = await Promise.all(
      Array.from({ length: 40 }, () => readyAgent(coordinator, { role: 'killed' })),
    );
    const requests = Array.from({ length: 40 }, (_, index) => ({
      requestId: randomUUID(),
      user: `user-${index}`,
      role: 'killed',
    }));
    const acknowledged = new Map<string, string>();
    const calls = requests.map(async (request) => {
      const { assignment } = await assign(coordinator.clients, request);
      acknowledged.set(request.requestId, assignment?.instanceId ?? '');
      if (acknowledged.size === 10) coordinator.process.child.kill('SIGKILL');
    });
    await Promise.allSettled(calls);
    await coordinator.restart('SIGKILL');
    for (const { instanceId } of pool)
      await startSimulatedAgent(coordinator.agents, { instanceId, role: 'killed' });
    const again = await Promise.all(
      requests.map(async (request) => ({ request, answer: await assign(coordinator.clients, request) })),
    );
    expect(again.map(({ answer }) => answer.assignment?.user)).toStrictEqual(
      requests.map(({ user }) => user),
    );
    const held = again.filter(({ request }) => acknowledged.has(request.requestId));
    expect(held.map(({ answer }) => answer.assignment?.instanceId)).toStrictEqual(
      held.map(({ request }) => acknowledged.get(request.requestId)),
    );
    expect(acknowledged.size).toBeGreaterThanOrEqual(10);
    expect(new Set(again.map(({ answer }) => answer.assignment?.instanceId)).size).toBe(40);
  });

  test('whoever watches the fleet is told each change once, and is not told of other roles', async () => {
    const args = ['--watch', '--json', '--role', 'watched', '--coordinator', coordinator.address];
    const watcher = startProgram(
      process.execPath,
      [join(project, 'coordinator/cli/main.ts'), 'instances', ...args],
      join(coordinator.directory, 'watch.log'),
    );
    const agent = await readyAgent(coordinator, { role: 'watched' });
    await readyAgent(coordinator, { role: 'unwatched' });
    const told = () =>
      watcher
        .log()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { instance_id: string; state: string; user: string });
    await waitFor('the pool to be told', () => told().some(({ state }) => state === 'READY'));
    await assign(coordinator.clients, { user: 'alice', role: 'watched' });
    await waitFor('the assignment to be told', () => told().some(({ user }) => user === 'alice'));
    await watcher.stop('SIGINT');
    expect(watcher.ended()).toBe(0);
    expect(new Set(told().map(({ instance_id: id }) => id))).toEqual(new Set([agent.instanceId]));
    expect(new Set(told().map((line) => JSON.stringify(line))).size).toBe(told().length);
  });

  test('a second coordinator on the same store is refused', async () => {
    const other = startCoordinatorProcess(coordinator.directory, ['--listen', '127.0.0.1:0']);
    await expect(other).rejects.toThrow(/another coordinator has it open/);
  });
});
