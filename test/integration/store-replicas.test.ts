import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { News } from '../../coordinator/store/peers.ts';
import { PostgresPeers } from '../../coordinator/store/postgres/peers.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { openStore } from '../../coordinator/store/threads/open.ts';
import { aCheckIn, anObserved, aRequest, aRole, at } from '../support/store-builders.ts';
import { unlessRequired } from '../support/requirement.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(postgresMissing());
let server: Postgres;

beforeAll(async () => {
  if (missing === undefined) server = await startPostgres();
});

afterAll(async () => await server?.close());

/** A coordinator whose lease outlives the test: nobody renews it here. */
const openAt = (url: string, lease = 3_600_000): Promise<Store> =>
  openStore({ kind: 'postgres', url, replica: { replicaId: `co-${randomUUID()}`, version: '1', lease } });

/** Runs a statement of another session. */
async function sql(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await server.client(url);
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function enter(store: Store, id: string): Promise<void> {
  await store.admit(aCheckIn(id), `session-${id}`, at(1));
  await store.openSession(id, `session-${id}`, at(1));
  await store.observe(id, anObserved(), at(1));
}

describe.skipIf(missing !== undefined)('stores of several coordinators on one PostgreSQL', () => {
  test('a coordinator whose lease ran out is given up, and writes nothing any more', async () => {
    const url = await server.database();
    const [first, second] = [await openAt(url, 1), await openAt(url)];
    await first.admit(aCheckIn('i-1'), 's', at(1));
    await first.openSession('i-1', 's', at(1));
    await first.request(aRequest('as-1', { role: 'web', env: { A: '' } })).catch(() => undefined);
    await first.applyRoles([aRole('worker')]);
    await first.request(aRequest('as-2', { role: 'worker' }));
    const watched = first.watch(new AbortController().signal);
    // Only who has been there for as long as a lease lasts can tell: this one's is an hour.
    await sql(url, `UPDATE replica SET live_since = now() - interval '2 hours'`);
    const ended = await second.endLapsed(at(5));
    expect(ended.instanceIds).toEqual(['i-1']);
    expect((await second.instance('i-1'))?.instance).toMatchObject({ connected: false, sessionSteady: 5 });
    expect(await second.assignment('as-2'), 'nobody waits for it').toBeUndefined();
    await expect(first.applyRoles([])).rejects.toThrow('other coordinators have given this one up');
    await expect(watched).rejects.toThrow('other coordinators have given this one up');
    await first.close();
    await second.close();
  });

  test('news of a coordinator whose session breaks reach the others afterwards', async () => {
    const url = await server.database();
    const ended = new AbortController();
    const heard: News[][] = [];
    const joined = ['co-1', 'co-2'].map(async (replicaId, index) => {
      const replica = { replicaId, version: '1', lease: 3_600_000 };
      const store = await openStore({ kind: 'postgres', url, replica });
      const peers = new PostgresPeers({ url, replica, address: () => replicaId, onProblem: () => {} });
      const news: News[] = [];
      heard[index] = news;
      const listener = {
        heard: (told: News) => void news.push(told),
        missed: () => void news.push({ missed: true }),
        alive: () => {},
        leads: () => {},
      };
      return { store, peers, running: peers.run(listener, ended.signal) };
    });
    const [first, second] = [await joined[0], await joined[1]];
    await waitFor('both to listen', () => heard.every((news) => news.length > 0));
    const listeners = await sql(
      url,
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'parbake-coordinator peers' AND datname = current_database()`,
    );
    expect(listeners).toHaveLength(2);
    for (const { pid } of listeners) {
      for (const news of heard) news.length = 0;
      await sql(url, `SELECT pg_terminate_backend(${String(pid)})`);
      first?.peers.tell({ tokens: true });
      second?.peers.tell({ tokens: true });
      await waitFor('both to hear of it', () =>
        heard.every((news) => news.some(({ tokens, missed }) => tokens === true || missed === true)),
      );
    }
    ended.abort();
    for (const one of [first, second]) {
      await one?.running;
      await one?.store.close();
    }
  });

  test('a coordinator hears from the store when agents of another one were last heard of', async () => {
    const url = await server.database();
    const [first, second] = [await openAt(url), await openAt(url)];
    await enter(first, 'i-1');
    await enter(second, 'i-2');
    await first.noteSeen({ 'i-1': 9, 'i-2': 9, 'i-3': 9 });
    const seen = (await second.instances({ limit: 10 })).map(({ instance }) => instance.lastSeenTime);
    expect(seen, 'its own alone').toEqual([9, 1]);
    await first.close();
    await second.close();
  });

  test('what belonged to coordinators that nobody knows is over', async () => {
    const url = await server.database();
    const first = await openAt(url);
    await enter(first, 'i-1');
    await sql(url, `UPDATE instance SET session_replica = ''`);
    const second = await openAt(url);
    expect((await second.instance('i-1'))?.instance.connected).toBe(false);
    await first.close();
    await second.close();
  });

  test('what waits at two coordinators is forgotten by the one that was asked last', async () => {
    const url = await server.database();
    const [first, second] = [await openAt(url), await openAt(url)];
    await first.applyRoles([aRole('web')]);
    await first.request(aRequest('as-1', { requestId: 'r' }));
    expect(await second.request(aRequest('as-2', { requestId: 'r' }))).toMatchObject({ replayed: true });
    expect(await first.forget('as-1', at(3))).toBeUndefined();
    expect(await second.forget('as-1', at(3))).toMatchObject({ assignmentId: 'as-1' });
    await first.close();
    await second.close();
  });

  test('two coordinators that take instances at once take each once, and number events without a gap', async () => {
    const url = await server.database();
    const [first, second] = [await openAt(url), await openAt(url)];
    for (let index = 0; index < 20; index++) await enter(index % 2 === 0 ? first : second, `i-${index}`);
    const asked = Array.from({ length: 40 }, (_, index) => {
      // Every request is made at both.
      const request = aRequest(`as-${index}`, { requestId: `r-${index >> 1}`, received: at(2) });
      return (index % 2 === 0 ? first : second).request(request);
    });
    const answers = await Promise.all(asked);
    const ids = new Set(answers.map(({ assignment }) => assignment.assignmentId));
    expect(ids.size, 'one assignment for each request').toBe(20);
    await first.claimWaiting(at(3));
    const kept = await second.assignments({ liveOnly: true, limit: 100 });
    expect(new Set(kept.map(({ instanceId }) => instanceId)).size).toBe(20);
    expect(kept.every(({ state }) => state === 'CLAIMED')).toBe(true);
    const { events, newest } = await first.events(0, 1_000);
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: newest }, (_, at) => at + 1));
    await first.close();
    await second.close();
  });

  test('is not brought up to date under a coordinator of an older version', async () => {
    const url = await server.database();
    const older = await openAt(url);
    await sql(url, 'UPDATE parbake_store SET version = version - 1');
    await expect(openAt(url)).rejects.toThrow(/this version changes its tables.*\(version 1\) first/);
    await older.close();
  });
});
