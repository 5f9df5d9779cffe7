import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign, getAssignment, getInstance } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { unlessRequired } from '../support/requirement.ts';
import { connectAgents, startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const clock = join(import.meta.dirname, '../support/jumping-clock.mjs');
const missing = unlessRequired(postgresMissing());

interface Replica {
  process: CoordinatorProcess;
  clients: ReturnType<typeof connectCoordinator>;
  agents: ReturnType<typeof connectAgents>;
}

let directory: string;
let postgres: Postgres;
let store: string;
let loopback: string;
let a: Replica;
let b: Replica;

async function startReplica(env: Readonly<Record<string, string>> = {}): Promise<Replica> {
  const options = [
    '--listen',
    `${loopback}:0`,
    '--store-key',
    join(directory, 'store.key'),
    '--insecure-agents',
  ];
  const process = await startCoordinatorProcess(directory, options, { store, env });
  const [address = ''] = process.addresses;
  return { process, clients: connectCoordinator(address), agents: connectAgents(address) };
}

async function stop(replica: Replica | undefined): Promise<void> {
  replica?.agents.close();
  replica?.clients.close();
  await replica?.process.stop();
}

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'parbake-replicas-'));
  postgres = await startPostgres();
  store = await postgres.database();
  loopback = await reserveLoopback();
  a = await startReplica();
  b = await startReplica();
});

afterAll(async () => {
  await stop(a);
  await stop(b);
  await postgres?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

describe.skipIf(missing !== undefined)('two coordinators on one PostgreSQL', () => {
  test('one leads, and an order that is asked for at one reaches an agent at the other', async () => {
    const { instanceId, desired } = await readyAgent(b, { role: 'web' });
    expect((await getInstance(a.clients, instanceId)).connected).toBe(true);
    const { assignment } = await assign(a.clients, { user: 'alice', role: 'web', wait: 'WAIT_UNTIL_READY' });
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(desired.at(-1)?.order?.assignmentId).toBe(assignment?.assignmentId);
    const leaders = [a, b].filter(({ process }) => process.log().includes('this coordinator leads'));
    expect(leaders).toHaveLength(1);
  });

  test('a request that waits at one is answered when an instance becomes ready at the other', async () => {
    await readyAgent(b, { role: 'known' });
    await assign(a.clients, { user: 'alice', role: 'known' });
    const waiting = assign(a.clients, { user: 'bob', role: 'known' });
    const { instanceId } = await startSimulatedAgent(b.agents, {
      instanceId: `i-${randomUUID()}`,
      role: 'known',
    });
    expect((await waiting).assignment).toMatchObject({ instanceId });
  });

  test('an order arrives although the session that listens is killed again and again', async () => {
    await readyAgent(b, { role: 'deaf' });
    const admin = await postgres.client(store);
    const killing = new AbortController();
    const kills = (async () => {
      while (!killing.signal.aborted)
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parbake-coordinator peers'`,
        );
    })();
    const { assignment } = await assign(a.clients, { user: 'alice', role: 'deaf', wait: 'WAIT_UNTIL_READY' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    killing.abort();
    await kills;
    await admin.end();
  });

  test('a machine is refused at one while another with its id is connected to the other and answers', async () => {
    const { instanceId } = await readyAgent(a, { role: 'twin' });
    const facts = { bootId: 'another', engineId: 'another', machineIdHash: 'another' };
    const second = startSimulatedAgent(b.agents, { instanceId, role: 'twin', facts });
    await expect(second).rejects.toThrow('it is connected and answers');
    const dead = await readyAgent(a, { role: 'twin', answersPings: false });
    const next = await startSimulatedAgent(b.agents, { instanceId: dead.instanceId, role: 'twin', facts });
    expect(next.checkIn.quarantineReason).toBe('');
  });

  test('one whose clock is off is refused beside the others', async () => {
    const offset = join(directory, 'clock');
    await writeFile(offset, '600000');
    const env = { NODE_OPTIONS: `--import ${clock}`, TEST_CLOCK_OFFSET: offset };
    await expect(startReplica(env)).rejects.toThrow(
      "600 s off PostgreSQL's, and other coordinators have it open",
    );
  });

  test('what one acknowledged is there after its kill, and the other takes the lead', async () => {
    const { instanceId } = await readyAgent(a, { role: 'worker', outcome: 'silence' });
    const request = {
      user: 'carol',
      role: 'worker',
      requestId: randomUUID(),
      wait: 'WAIT_UNTIL_CLAIMED' as const,
    };
    const before = await assign(a.clients, request);
    await a.process.stop('SIGKILL');
    const assignmentId = before.assignment?.assignmentId ?? '';
    const back = await startSimulatedAgent(b.agents, { instanceId, role: 'worker' });
    await waitFor('it to serve', async () => {
      const { assignment } = await getAssignment(b.clients, assignmentId);
      return assignment?.state === 'ASSIGNMENT_STATE_SERVING';
    });
    expect(back.desired.at(-1)?.order?.assignmentId).toBe(assignmentId);
    expect(await assign(b.clients, request)).toMatchObject({ replayed: true, assignment: { assignmentId } });
    await waitFor('the other to lead', () => b.process.log().includes('this coordinator leads'));
    await stop(a);
    a = await startReplica();
    await readyAgent(a, { role: 'again' });
    expect((await assign(b.clients, { user: 'dan', role: 'again' })).assignment?.state).toBe(
      'ASSIGNMENT_STATE_SERVING',
    );
  });
});
