import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../coordinator/store/store.ts';
import { openSqliteStore, openStore } from '../../coordinator/store/threads/open.ts';
import { aCheckIn, anObserved, aRequest, aRole, at } from '../support/store-builders.ts';
import { PostgresDatabase } from '../../coordinator/store/postgres/database.ts';
import { postgresPlan, readWhole, statementsOf } from '../support/store-plans.ts';
import { storeSuite } from '../support/store-suite.ts';
import { storePoolSuite } from '../support/store-pool-suite.ts';
import { storeListSuite } from '../support/store-list-suite.ts';
import { storePreviewSuite } from '../support/store-preview-suite.ts';
import { storeRouteSuite } from '../support/store-route-suite.ts';
import { storeTrustSuite } from '../support/store-trust-suite.ts';
import { unlessRequired } from '../support/requirement.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(postgresMissing());
let directory: string;
let server: Postgres;

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'parbake-store-'));
  server = await startPostgres();
});

afterAll(async () => {
  if (missing !== undefined) return;
  await server?.close();
  await rm(directory, { recursive: true });
});

/** A coordinator whose lease outlives the test: nobody renews it here. */
const openAt = (url: string, lease = 3_600_000): Promise<Store> =>
  openStore({ kind: 'postgres', url, replica: { replicaId: `co-${randomUUID()}`, version: '1', lease } });

const aDatabase = async () => {
  const url = await server.schema();
  return { open: () => openAt(url), remove: () => Promise.resolve() };
};

describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  storeSuite('PostgreSQL', aDatabase);
  storeRouteSuite('PostgreSQL', aDatabase);
  storeListSuite('PostgreSQL', aDatabase);
  storePreviewSuite('PostgreSQL', aDatabase);
  storeTrustSuite('PostgreSQL', aDatabase);
  storePoolSuite('PostgreSQL', aDatabase);

  /** Runs statements of another session. */
  const sql = async (url: string, ...statements: string[]) => {
    const client = await server.client(url);
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  /** Ends every session but its own. */
  const endSessions = (url: string) =>
    sql(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  const enter = async (store: Store, id: string): Promise<void> => {
    await store.admit(aCheckIn(id), `session-${id}`, at(1));
    await store.openSession(id, `session-${id}`, at(1));
    await store.observe(id, anObserved(), at(1));
  };

  test('is open in several coordinators, or alone where it is copied', async () => {
    const url = await server.database();
    const alone = (): Promise<Store> => openStore({ kind: 'postgres', url });
    const [first, second] = await Promise.all([openAt(url), openAt(url)]);
    await expect(alone()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('a coordinator has it open'),
    });
    await first.close();
    await second.close();
    const copying = await alone();
    await expect(openAt(url)).rejects.toThrow('it is being copied, or an older coordinator has it');
    await copying.close();
  });

  test.each([
    ['a database of another program', ['CREATE TABLE song (title TEXT)'], 'tables of another program'],
    ['read-only', ['ALTER DATABASE CURRENT SET default_transaction_read_only = on'], 'is read-only'],
    ['a schema that does not exist', [`ALTER DATABASE CURRENT SET search_path = nowhere`], 'no schema'],
  ])('that is %s is refused', async (_, statements, message) => {
    const url = await server.database();
    const name = /\/(\w+)\?/.exec(url)?.[1] ?? '';
    await sql(url, ...statements.map((statement) => statement.replace('CURRENT', name)));
    const refused = openAt(url);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(refused).rejects.toThrow(message);
  });

  test('that has no connection left, or no such database, says so without the password', async () => {
    const url = await server.database();
    await sql(url, `CREATE ROLE narrow LOGIN SUPERUSER CONNECTION LIMIT 0`, `ALTER ROLE narrow NOSUPERUSER`);
    const narrow = url.replace('postgres@', 'narrow:secret@');
    await expect(openAt(narrow)).rejects.toThrow(/postgres:\/\/narrow@.*no connection left/);
    await expect(openAt(url.replace('/test_', '/absent_'))).rejects.toThrow('the database does not exist');
  });

  test('behind a pooler is refused', async () => {
    const pooled = await server.pooled(await server.database());
    await expect(openAt(pooled)).rejects.toThrow('connection pooler');
  });

  test('of a newer version is refused, and left as it is', async () => {
    const url = await server.database();
    await (await openAt(url)).close();
    await sql(url, 'UPDATE parbake_store SET version = 999');
    await expect(openAt(url)).rejects.toThrow(/has version 999, and this coordinator knows/);
    expect(await sql(url, 'SELECT version FROM parbake_store')).toEqual([{ version: '999' }]);
  });

  test('goes on when its sessions are ended', async () => {
    const url = await server.database();
    const store = await openAt(url);
    await store.applyRoles([aRole('web')]);
    await endSessions(url);
    await waitFor('the store to be back', () =>
      store.applyRoles([aRole('worker')]).then(
        () => true,
        () => false,
      ),
    );
    const roles = await waitFor('reads to be back', () => store.roles().catch(() => undefined));
    expect(roles.map(({ name }) => name)).toEqual(['web', 'worker']);
    await store.close();
  });

  test('tries a change again that met another one', async () => {
    const url = await server.database();
    const store = await openAt(url);
    await store.applyRoles([aRole('web')]);
    const other = await server.client(url);
    await other.query('BEGIN');
    await other.query('UPDATE role SET silent_after_ms = 5');
    const applied = store.applyRoles([aRole('web', { onLoss: 'REPLACE' })]);
    await waitFor('the store to wait for the other session', async () => {
      const waiting = await sql(
        url,
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return waiting.length > 0;
    });
    await other.query('COMMIT');
    await other.end();
    await applied;
    expect(await store.roles()).toMatchObject([{ name: 'web', onLoss: 'REPLACE' }]);
    await store.close();
  });

  test('reads nothing whole that it keeps, and sorts nothing for a claim, on tables that nobody has analyzed', async () => {
    const url = await server.schema();
    const db = await PostgresDatabase.writer(url, { replicaId: 'co-1', version: '1', lease: 3_600_000 });
    const statements = await statementsOf(db);
    await sql(
      url,
      `INSERT INTO instance (instance_id, state, facts, roles, boot_id, check_in_time, last_seen_time, connected, ready_time)
         SELECT 'g-' || n, 'READY', '{}', '[]', 'boot', 1, 1, 1, 1 FROM generate_series(1, 5000) AS n`,
      `INSERT INTO offer (role, instance_id, user_env, ready_time)
         SELECT 'web', instance_id, '[]', 1 FROM instance WHERE instance_id LIKE 'g-%'`,
    );
    const indexes = await sql(
      url,
      `SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indpred IS NOT NULL`,
    );
    const partial = indexes.map(({ relname }) => String(relname));
    const found: string[] = [];
    for (const statement of statements) {
      const nodes = await postgresPlan(db, statement);
      for (const table of readWhole(nodes, partial))
        found.push(`${statement.useCase} reads all of ${table}: ${statement.sql}`);
      if (
        /FROM offer[^]*SKIP LOCKED/.test(statement.sql) &&
        nodes.some((node) => node['Node Type'] === 'Sort')
      )
        found.push(`${statement.useCase} sorts: ${statement.sql}`);
    }
    expect(statements.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
    const whole = { sql: 'SELECT * FROM assignment WHERE failure_reason = ?', values: [''] };
    expect(readWhole(await postgresPlan(db, whole), partial), 'one that does is noticed').toEqual([
      'assignment',
    ]);
    await db.close();
  });

  test('keeps every assignment that it acknowledged when all of its processes are killed', async () => {
    const url = await server.database();
    const store = await openAt(url);
    await store.applyRoles([aRole('web')]);
    for (let index = 0; index < 20; index++) await enter(store, `i-${index}`);
    const acknowledged: string[] = [];
    const requests = Array.from({ length: 60 }, async (_, index) => {
      for (let attempt = 0; attempt < 20; attempt++) {
        const id = `as-${index}-${attempt}`;
        const request = aRequest(id, { requestId: `r-${index}`, user: `u-${index}`, received: at(2) });
        const done = await store.request(request).catch(() => undefined);
        if (done === undefined) continue;
        acknowledged.push(done.assignment.assignmentId);
        if (acknowledged.length === 10) await server.kill();
        return;
      }
    });
    await waitFor('ten to be acknowledged', () => acknowledged.length >= 10);
    await server.start();
    await Promise.all(requests);
    await waitFor('the store to be back', () =>
      store.tryWrite().then(
        () => true,
        () => false,
      ),
    );
    const kept = await waitFor('reads to be back', () =>
      store.assignments({ liveOnly: false, limit: 1_000 }).catch(() => undefined),
    );
    const ids = new Set(kept.map(({ assignmentId }) => assignmentId));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const taken = kept.map(({ instanceId }) => instanceId).filter((id) => id !== '');
    expect(new Set(taken).size, 'no instance is taken twice').toBe(taken.length);
    await store.close();
  });

  test('keeps text that PostgreSQL cannot, with its bad characters replaced', async () => {
    const url = await server.database();
    const store = await openAt(url);
    await store.admit(aCheckIn('i-1', { facts: { os: 'De\0bian \ud800 \\u0000' } }), 's', at(1));
    const found = await store.instance('i-1');
    expect(found?.instance.facts.os).toBe('De\ufffdbian \ufffd \\u0000');
    expect(await store.instances({ role: 'web', limit: 10 })).toHaveLength(1);
    await store.close();
  });

  test('has the tables and columns that SQLite has', async () => {
    const url = await server.database();
    await (await openAt(url)).close();
    const columns = await sql(
      url,
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name NOT IN ('parbake_store', 'audit_newest', 'replica', 'leader') ORDER BY 1`,
    );
    const file = join(directory, 'columns.db');
    await (await openSqliteStore(file)).close();
    const sqlite = new DatabaseSync(file);
    const expected = sqlite
      .prepare(
        `SELECT tables.name || '.' || columns.name AS name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'`,
      )
      .all()
      .map(({ name }) => name);
    sqlite.close();
    expect(new Set(columns.map(({ name }) => name))).toEqual(new Set(expected));
  });
});
