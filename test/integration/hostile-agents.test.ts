import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckInRequest } from '../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getAssignment, getInstance, getTimeline } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';
import { waitFor } from '../testbed/wait.ts';

describe('an agent that sends what no agent would', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
  });

  afterAll(async () => {
    await coordinator.close();
  });

  const checkIn = (request: CheckInRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      coordinator.agents.checkIn(request, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(fromStatus(error));
      });
    });
  const facts = (instanceId: string) => ({ instanceId, bootId: `boot-${instanceId}` });
  const anOffer = (over: Partial<RoleOffer> = {}): RoleOffer => ({
    name: 'web',
    preparation: 1,
    ...over,
  });

  test.each<[string, (id: string) => CheckInRequest, string]>([
    [
      'a million empty roles',
      (id) => ({ facts: facts(id), roles: Array.from({ length: 1_000_000 }, () => ({})) }),
      'more than the 262144 of this service',
    ],
    [
      'a hundred roles',
      (id) => ({ facts: facts(id), roles: Array.from({ length: 100 }, () => anOffer()) }),
      'has 100 entries, more than 64',
    ],
    [
      'four megabytes of facts',
      (id) => ({ facts: { ...facts(id), os: 'x'.repeat(3 * 1024 ** 2) }, roles: [anOffer()] }),
      'more than the 262144 of this service',
    ],
    [
      'escape sequences for an id',
      (id) => ({ facts: { ...facts(id), engineId: '\u001b]0;owned\u0007' }, roles: [anOffer()] }),
      'facts.engine_id',
    ],
    [
      'ten thousand variables',
      (id) => ({
        facts: facts(id),
        roles: [anOffer({ userEnv: Array.from({ length: 10_000 }, () => 'A') })],
      }),
      'user_env has 10000 entries',
    ],
  ])('finding 11: %s are refused, and nothing of them is kept', async (_, request, problem) => {
    const instanceId = 'i-hostile';
    await expect(checkIn(request(instanceId))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining(problem) as unknown,
    });
    await expect(getInstance(coordinator.clients, instanceId)).rejects.toThrow('there is no instance');
  });

  test('finding 11: what only describes a machine is cut and printable', async () => {
    await checkIn({
      facts: { ...facts('i-cut'), os: `\u001b[31m${'x'.repeat(1_000)}`, kernel: 'a\u202eb' },
      roles: [anOffer({ name: 'cut' })],
    });
    const { facts: kept } = await getInstance(coordinator.clients, 'i-cut');
    expect(kept?.os).toBe(` [31m${'x'.repeat(251)}`);
    expect(kept?.kernel).toBe('a b');
  });

  test.each<[string, Partial<ObservedOrder>]>([
    [
      'an endpoint that is a command line',
      { endpoints: [{ container: 'a', host: 'x; rm -rf /', port: 80 }] },
    ],
    ['a port that is none', { endpoints: [{ container: 'a', host: '127.0.0.1', port: 70_000 }] }],
    [
      'a thousand endpoints',
      { endpoints: Array.from({ length: 1_000 }, () => ({ container: 'a', host: '127.0.0.1', port: 80 })) },
    ],
  ])('finding 11: %s ends the session, and reaches no client', async (_, over) => {
    const agent = await readyAgent(coordinator, { role: 'endpoints', outcome: 'silence' });
    const { assignment } = await assign(coordinator.clients, {
      user: 'alice',
      role: 'endpoints',
      wait: 'WAIT_UNTIL_CLAIMED',
    });
    agent.observe({
      order: { assignmentId: assignment?.assignmentId ?? '', state: 'ORDER_STATE_SERVING', ...over },
    });
    await waitFor('the session to end', async () => {
      const { connected } = await getInstance(coordinator.clients, agent.instanceId);
      return !connected;
    });
    const { state } = await getInstance(coordinator.clients, agent.instanceId);
    expect(state).toBe('INSTANCE_STATE_ASSIGNED');
  });

  test('finding 14: an agent changes nothing of an order that is not its own', async () => {
    const failure = { reason: 'EXEC_FAILED', message: 'no such file', fault: 'FAULT_USER' as const };
    const victim = await readyAgent(coordinator, { role: 'victim', outcome: 'silence' });
    const thief = await readyAgent(coordinator, { role: 'thief', outcome: 'silence' });
    const request = { user: 'alice', role: 'victim', wait: 'WAIT_UNTIL_CLAIMED' as const };
    const { assignment } = await assign(coordinator.clients, request);
    const assignmentId = assignment?.assignmentId ?? '';
    const order = { assignmentId, state: 'ORDER_STATE_FAILED' as const, ...failure };
    const lie = async (preparation: number): Promise<void> => {
      const roles = [anOffer({ name: 'thief', preparation })];
      thief.observe({ roles, order: { ...order, lastOutput: 'forged' } });
      await waitFor('the lie to be heard', async () => {
        const [role] = (await getInstance(coordinator.clients, thief.instanceId)).roles;
        return role?.preparation === preparation;
      });
    };
    await lie(0.5);
    const now = async () => (await getAssignment(coordinator.clients, assignmentId)).assignment;
    expect(await now()).toMatchObject({ lastOutput: '', reason: '' });
    victim.observe({ order: { ...order, lastOutput: 'real' } });
    await waitFor('the failure', async () => (await now())?.state === 'ASSIGNMENT_STATE_FAILED');
    await lie(0.25);
    expect((await now())?.lastOutput).toBe('real');
  });

  test('finding 10: reports of an instance that never checked in are refused', async () => {
    const spans = [{ spanId: '1', name: 'x', startUnixNs: 1, endUnixNs: 2 }];
    await expect(report(coordinator.agents, 'i-nobody', { spans })).rejects.toThrow('there is no instance');
  });

  test('finding 10: an instance that reports without end keeps its share and no more', async () => {
    const agent = await startSimulatedAgent(coordinator.agents, { instanceId: 'i-loud', role: 'loud' });
    const attributes = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [`key-${n}`, 'x'.repeat(1_900)]),
    );
    for (let sequence = 1; sequence <= 150; sequence++) {
      const span = {
        spanId: `s-${sequence}`,
        name: 'loud',
        attributes,
        startUnixNs: sequence,
        endUnixNs: sequence + 1,
      };
      expect(await report(coordinator.agents, agent.instanceId, { sequence, spans: [span] })).toBe(sequence);
    }
    const { spans } = await getTimeline(coordinator.clients, agent.instanceId);
    const bytes = spans.reduce((sum, span) => sum + JSON.stringify(span.attributes).length, 0);
    expect(bytes).toBeLessThan(18 * 1024 ** 2);
    // The newest are the ones that are left.
    expect(spans.at(-1)?.spanId).toBe('s-150');
    expect(spans.length).toBeGreaterThan(50);
  });

  test('finding 11: sixty readers that read nothing cost the coordinator little', async () => {
    const residentBytes = (): number => {
      const [, kib = '0'] =
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${coordinator.process.pid}/status`, 'utf8')) ?? [];
      return Number(kib) * 1024;
    };
    const long = Array.from({ length: 40 }, (_, n) => `${'V'.repeat(200)}${n}`);
    const agents = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        startSimulatedAgent(coordinator.agents, {
          instanceId: `i-watched-${n}`,
          role: 'watched',
          userEnv: long,
        }),
      ),
    );
    const streams = Array.from({ length: 60 }, () => {
      const stream = coordinator.clients.fleet.watchInstances({ role: 'watched' });
      stream.on('error', () => {});
      return stream.pause();
    });
    const before = residentBytes();
    for (let round = 0; round < 75; round++)
      for (const agent of agents)
        agent.observe({
          roles: [anOffer({ name: 'watched', preparation: (round % 10) / 10, userEnv: long })],
        });
    await waitFor('the last change', async () => {
      const { roles } = await getInstance(coordinator.clients, 'i-watched-19');
      return roles[0]?.preparation === 0.4;
    });
    const grown = residentBytes() - before;
    for (const stream of streams) stream.cancel();
    // Each of the 1,500 changes has 8 kB, for 60 readers: kept, they would be 720 MB.
    expect(grown).toBeLessThan(150 * 1024 ** 2);
    for (const agent of agents) agent.cut();
  });
});
