import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign, getAssignment } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { unlessRequired } from '../support/requirement.ts';
import { connectAgents, startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { haproxyMissing, startHaproxy } from '../testbed/haproxy.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';
import type { Started } from '../testbed/processes.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(postgresMissing() ?? haproxyMissing());
const port = 7443;

let directory: string;
let postgres: Postgres;
let store: string;
let proxy: Started;
/** Where the load balancer listens, and each coordinator. */
let places: { proxy: string; a: string; b: string };
let a: CoordinatorProcess;
let b: CoordinatorProcess;

const start = (address: string): Promise<CoordinatorProcess> =>
  startCoordinatorProcess(
    directory,
    ['--listen', address, '--store-key', join(directory, 'store.key'), '--insecure-agents'],
    { store },
  );

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'parbake-replicas-'));
  postgres = await startPostgres();
  store = await postgres.database();
  const [one, two, three] = [await reserveLoopback(), await reserveLoopback(), await reserveLoopback()];
  places = { proxy: `${one}:${port}`, a: `${two}:${port}`, b: `${three}:${port}` };
  a = await start(places.a);
  b = await start(places.b);
  proxy = await startHaproxy(directory, places.proxy, [places.a, places.b]);
});

afterAll(async () => {
  await proxy?.stop();
  await a?.stop();
  await b?.stop();
  await postgres?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

/** Connects again whenever its session ends, as agents do. @returns ends it */
function keepAgent(agents: ReturnType<typeof connectAgents>, instanceId: string, role: string): () => void {
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      const agent = await startSimulatedAgent(agents, { instanceId, role }).catch(() => undefined);
      if (agent === undefined) continue;
      over.signal.addEventListener('abort', () => agent.cut(), { once: true });
      await agent.ended;
    }
  })();
  return () => over.abort();
}

describe.skipIf(missing !== undefined)('replicas', () => {
  test.each([
    ['a load balancer', () => places.proxy],
    ['a name with two addresses', () => `ipv4:${places.a},${places.b}`],
  ])('restarted one after the other behind %s fail no call, and every order arrives', async (_, address) => {
    const clients = connectCoordinator(address());
    const agents = connectAgents(address());
    const role = `rolling-${randomUUID()}`;
    await readyAgent({ clients, agents }, { role });
    const restarts = (async () => {
      for (const which of ['a', 'b'] as const) {
        const before = which === 'a' ? a : b;
        await before.stop();
        const after = await start(places[which]);
        if (which === 'a') a = after;
        else b = after;
      }
      return true;
    })();
    const done = new AbortController();
    void restarts.finally(() => done.abort());
    const [ends, acknowledged]: [(() => void)[], string[]] = [[], []];
    while (!done.signal.aborted) {
      ends.push(keepAgent(agents, `i-${randomUUID()}`, role));
      // A failure of the call fails the test.
      const { assignment } = await assign(clients, { user: randomUUID(), role, wait: 'WAIT_UNTIL_CLAIMED' });
      acknowledged.push(assignment?.assignmentId ?? '');
    }
    expect(await restarts).toBe(true);
    for (const id of acknowledged)
      await waitFor(`${id} to serve`, async () => {
        const { assignment } = await getAssignment(clients, id);
        return assignment?.state === 'ASSIGNMENT_STATE_SERVING';
      });
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    for (const end of ends) end();
    agents.close();
    clients.close();
  });

  test('one that stopped for longer than its lease is given up, and ends when it goes on', async () => {
    const leader = a.log().includes('this coordinator leads') ? a : b;
    const other = leader === a ? b : a;
    const clients = connectCoordinator(other === a ? places.a : places.b);
    const agents = connectAgents(other === a ? places.a : places.b);
    leader.child.kill('SIGSTOP');
    await waitFor('the other to give it up', () => other.log().includes('coordinators are gone'));
    await readyAgent({ clients, agents }, { role: 'frozen' });
    const { assignment } = await assign(clients, { user: 'alice', role: 'frozen' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    leader.child.kill('SIGCONT');
    await waitFor('it to end', () => leader.ended() !== undefined);
    expect(leader.ended()).not.toBe(0);
    agents.close();
    clients.close();
  });
});
