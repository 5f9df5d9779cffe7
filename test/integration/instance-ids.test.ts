import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromStatus } from '../../proto/wire/status.ts';
import { startSimulatedAgent, type SimulatedAgentOptions } from '../fakes/simulated-agent.ts';
import { assign, getInstance } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { startShortCoordinator, type ShortCoordinator } from '../support/short-coordinator.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: ShortCoordinator;

beforeEach(async () => {
  coordinator = await startShortCoordinator();
});

afterEach(async () => await coordinator.close());

const instanceId = 'i-shared';
const machine = (name: string) => ({ engineId: `engine-${name}`, bootId: `boot-${name}` });
const options = (name: string, more: Partial<SimulatedAgentOptions> = {}) => ({
  instanceId,
  role: 'web',
  facts: machine(name),
  ...more,
});
const ready = (name: string, more?: Partial<SimulatedAgentOptions>) =>
  readyAgent(coordinator, options(name, more));
const join = (name: string) => startSimulatedAgent(coordinator.agents, options(name));
const refusalOf = async (call: Promise<unknown>) => {
  const cause = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { code, message, details } = fromStatus(cause);
  return { code, message, details };
};
const events = async () => (await coordinator.fleet.store.events(0, 100, { instanceId })).events;
const enginesOf = async () => (await getInstance(coordinator.clients, instanceId)).facts?.engineId;

describe('A13: one instance id on two machines', () => {
  test('A13: the second machine is refused while the first is alive, and both are named', async () => {
    const first = await ready('first');
    const { code, message, details } = await refusalOf(join('second'));
    expect(code).toBe('INSTANCE_ID_TAKEN');
    expect(message).toContain('engine-first, boot boot-first');
    expect(message).toContain('engine-second, boot boot-second');
    // No storm of check-ins: it is told when to ask again.
    expect(details.retryAfterMs).toBeGreaterThanOrEqual(30_000);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    expect(assignment).toMatchObject({ instanceId, attempt: 1 });
    expect(first.desired.at(-1)?.order?.user).toBe('alice');
    expect(await enginesOf()).toBe('engine-first');
  });

  test('A13: the refusal is an event of the instance, once for each machine', async () => {
    await ready('first');
    for (const name of ['second', 'second', 'third']) await refusalOf(join(name));
    const taken = (await events()).filter(({ event }) => event === 'id_taken');
    expect(taken.map(({ reason }) => /checked in as/.test(reason) && reason.includes('first'))).toEqual([
      true,
      true,
    ]);
  });

  test('A13: one that does not answer loses the id to another machine', async () => {
    await ready('first', { answersPings: false });
    await ready('second');
    expect(await enginesOf()).toBe('engine-second');
  });

  test('A13: a machine does not get the containers of a user who is on another one, alive or not', async () => {
    const first = await ready('first');
    await assign(coordinator.clients, { user: 'alice', role: 'web' });
    first.cut();
    await waitFor('the silence', async () => !(await getInstance(coordinator.clients, instanceId)).connected);
    const { code, message } = await refusalOf(join('second'));
    expect(code).toBe('INSTANCE_ID_TAKEN');
    expect(message).toContain('it is ASSIGNED');
    await coordinator.fleet.operator.retire(instanceId, true);
    const second = await join('second');
    await waitFor('its order to stop', () => second.desired.at(-1)?.phase === 'DESIRED_PHASE_STOP');
  });

  test('A13: a reboot is not a duplicate: the newer boot of the same engine supersedes', async () => {
    await ready('first', { answersPings: false });
    const { engineId } = machine('first');
    await ready('again', { facts: { engineId, bootId: 'boot-2' } });
    const { facts } = await getInstance(coordinator.clients, instanceId);
    expect(facts).toMatchObject({ engineId, bootId: 'boot-2' });
    expect((await events()).map(({ event }) => event)).not.toContain('id_taken');
  });

  test('A13: a restarted agent of the same boot is not asked to wait for its predecessor', async () => {
    const first = await ready('first');
    await ready('first');
    expect(first.pings).toEqual([]);
  });
});
