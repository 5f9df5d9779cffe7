import { randomUUID } from 'node:crypto';
import type { ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromStatus } from '../../proto/wire/status.ts';
import { listAssignments } from '../support/calls.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { startShortCoordinator, type ShortCoordinator } from '../support/short-coordinator.ts';
import { aRole } from '../support/store-builders.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: ShortCoordinator;

beforeEach(async () => {
  coordinator = await startShortCoordinator();
  await coordinator.fleet.store.applyRoles([aRole('web')]);
});

afterEach(async () => await coordinator.close());

/** The limit of one connection, and as many calls as a backend may have that was not written with it in mind. */
const [limit, asked] = [900, 1_000];

/** Calls that wait, all on one connection. */
class Crowd {
  readonly calls: ClientUnaryCall[] = [];
  readonly refused: ServiceError[] = [];
  served = 0;

  constructor(count: number) {
    const deadline = Date.now() + 120_000;
    for (let user = 0; user < count; user++) {
      const request = { requestId: randomUUID(), user: `user-${user}`, role: 'web' };
      const done = (error: ServiceError | null): void => {
        if (error === null) this.served++;
        else this.refused.push(error);
      };
      this.calls.push(coordinator.clients.assignments.assign(request, { deadline }, done));
    }
  }
}

const waiting = async () =>
  (await coordinator.fleet.view.pools()).find(({ name }) => name === 'web')?.waiting;

test('A21: of 1,000 calls that wait on one connection 100 are told at once, and other calls get through', async () => {
  const crowd = new Crowd(asked);
  await waitFor('the refusals', () => crowd.refused.length === asked - limit);
  await waitFor('the others to wait', async () => (await waiting()) === limit);
  const [first] = crowd.refused;
  const { code, message, retryAfterMs } = fromStatus(first);
  expect({ code, retryAfterMs }).toEqual({ code: 'TOO_MANY_WAITING', retryAfterMs: 1_000 });
  expect(message).toContain('900 calls wait on this connection already');
  expect(await listAssignments(coordinator.clients, { liveOnly: true })).toHaveLength(100);
  await startSimulatedAgent(coordinator.agents, { instanceId: 'i-1', role: 'web' });
  await waitFor('one to be served', () => crowd.served === 1);
});

test('A21: a client that gives up all of its calls at once goes on with its connection', async () => {
  const crowd = new Crowd(limit);
  await waitFor('all to wait', async () => (await waiting()) === limit);
  for (const call of crowd.calls) call.cancel();
  await waitFor('the end of all', () => crowd.refused.length === limit);
  await waitFor('all to be forgotten', async () => (await waiting()) === 0);
  expect(await listAssignments(coordinator.clients, { liveOnly: true })).toEqual([]);
});
