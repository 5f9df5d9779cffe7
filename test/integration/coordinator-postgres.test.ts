import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assign, getAssignment } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { unlessRequired } from '../support/requirement.ts';
import { connectAgents } from '../fakes/simulated-agent.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(postgresMissing());
let directory: string;
let postgres: Postgres;
let coordinator: CoordinatorProcess;
let start: () => Promise<CoordinatorProcess>;
let clients: ReturnType<typeof connectCoordinator>;
let agents: ReturnType<typeof connectAgents>;

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'parbake-coordinator-'));
  postgres = await startPostgres();
  const store = (await postgres.database()).replace('postgres@', 'postgres:secret@');
  const loopback = await reserveLoopback();
  const key = ['--store-key', join(directory, 'store.key'), '--insecure-agents'];
  const listening = (address: string, page: string) =>
    startCoordinatorProcess(directory, ['--listen', address, '--http', page, ...key], { store });
  coordinator = await listening(`${loopback}:0`, `${loopback}:0`);
  const [address = ''] = coordinator.addresses;
  const page = new URL(coordinator.urls[0] ?? '').host;
  start = () => listening(address, page);
  clients = connectCoordinator(address);
  agents = connectAgents(address);
});

afterAll(async () => {
  agents?.close();
  clients?.close();
  await coordinator?.stop();
  await postgres?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

const healthz = async (): Promise<number> => (await fetch(new URL('healthz', coordinator.urls[0]))).status;

test.skipIf(missing !== undefined)(
  'a coordinator on PostgreSQL assigns, and never logs the password',
  async () => {
    const { instanceId } = await readyAgent({ clients, agents }, { role: 'web' });
    const { assignment } = await assign(clients, { user: 'alice', role: 'web' });
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(coordinator.log()).toContain('postgres://postgres@/');
    expect(coordinator.log()).not.toContain('secret');
  },
);

test.skipIf(missing !== undefined)('what it acknowledged outlives its kill', async () => {
  await readyAgent({ clients, agents }, { role: 'worker' });
  const request = { user: 'bob', role: 'worker', requestId: randomUUID() };
  const before = await assign(clients, request);
  await coordinator.stop('SIGKILL');
  coordinator = await start();
  const after = await assign(clients, request);
  expect(after.replayed).toBe(true);
  expect(after.assignment?.assignmentId).toBe(before.assignment?.assignmentId);
});

test.skipIf(missing !== undefined)('a crash of PostgreSQL is told, and over once it is back', async () => {
  await readyAgent({ clients, agents }, { role: 'crash' });
  const { assignment } = await assign(clients, { user: 'carol', role: 'crash' });
  await postgres.kill();
  await waitFor('the store to fail', async () => (await healthz()) === 503);
  expect(coordinator.ended()).toBeUndefined();
  await postgres.start();
  await waitFor('the store to be back', async () => (await healthz()) === 200);
  const found = await getAssignment(clients, assignment?.assignmentId ?? '');
  expect(found.assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
});
