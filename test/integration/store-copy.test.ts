import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import {
  aCheckIn,
  anObserved,
  anObservedOrder,
  aReport,
  aRequest,
  aRole,
  at,
  someEc2Facts,
} from '../support/store-builders.ts';
import { unlessRequired } from '../support/requirement.ts';
import { postgresMissing, startPostgres, type Postgres } from '../testbed/postgres.ts';

const missing = unlessRequired(postgresMissing());
const program = fileURLToPath(new URL('../../coordinator/main.ts', import.meta.url));
let directory: string;
let postgres: Postgres;

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'parbake-copy-'));
  postgres = await startPostgres();
});

afterAll(async () => {
  await postgres?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

const copy = async (...args: string[]): Promise<unknown> => {
  const all = [program, 'store', 'copy', ...args, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return JSON.parse(stdout);
};

/** A store with some of everything, in pages of more than one statement. */
async function fill(file: string): Promise<void> {
  const store = await openSqliteStore(file);
  await store.applyRoles([aRole('web', { onLoss: 'REPLACE' })]);
  for (let index = 0; index < 3; index++) {
    const id = `i-${index}`;
    await store.admit(aCheckIn(id), `session-${id}`, at(1));
    await store.openSession(id, `session-${id}`, at(1));
    await store.observe(id, anObserved(), at(1));
    await store.measureClock(id, { offsetMs: 1.5, uncertaintyMs: 0.25 }, 2);
    await store.report(
      aReport(id, {
        spans: Array.from({ length: 300 }, (_, span) => ({
          id: `span-${span}`,
          startNs: 1_700_000_000_000_000_000 + span * 1024,
          json: `{"endUnixNs":"17${span}","name":"é \\\\"}`,
        })),
        pulls: ['{"image":"a"}'],
        samples: [{ container: 'web/app', startMs: 1_000, intervalMs: 1_000, cpuMs: 12.5 }],
      }),
      5,
    );
  }
  await store.request(aRequest('as-1', { received: at(2), ttlMs: 1_000 }));
  const taken = (await store.assignment('as-1'))?.instanceId ?? '';
  await store.observe(taken, anObserved({ order: anObservedOrder('as-1') }), at(3));
  await store.request(aRequest('as-2', { user: 'bob', role: 'web', received: at(4) }));
  await store.createJoinToken({ hash: 'hash', instanceId: '', expireTime: 1_000 }, 1);
  await store.ec2Says('i-2', someEc2Facts('running'), at(5));
  // The oldest events are gone, and the numbers of the others stay.
  await store.removeEvents(2, 2);
  await store.close();
}

/** Every row of every table but for the numbers that a store gives by itself. */
function contents(file: string): Record<string, unknown> {
  const database = new DatabaseSync(file, { readOnly: true });
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const tables = names.map(({ name }) => {
    const statement = database.prepare(`SELECT * FROM ${String(name)}`);
    statement.setReadBigInts(true);
    const isNumbered = name === 'reported' || name === 'sample_block';
    const rows = statement.all().map((row) =>
      JSON.stringify(row, (column, value: unknown) => {
        if (isNumbered && column === 'seq') return undefined;
        return typeof value === 'bigint' ? String(value) : value;
      }),
    );
    return [String(name), rows.toSorted((a, b) => (a < b ? -1 : 1))] as const;
  });
  database.close();
  return Object.fromEntries(tables);
}

test.skipIf(missing !== undefined)(
  'a store that is copied to PostgreSQL and back has lost nothing',
  async () => {
    const [before, after] = [join(directory, 'before.db'), join(directory, 'after.db')];
    await fill(before);
    const server = await postgres.database();
    const there = await copy(`sqlite:${before}`, server);
    expect(there).toEqual({ rows: expect.any(Number) });
    expect(await copy(server, `sqlite:${after}`)).toEqual(there);
    expect(contents(after)).toEqual(contents(before));
  },
);

test.skipIf(missing !== undefined)(
  'a store is copied neither into one that is used, nor from one that is not there',
  async () => {
    const [used, absent] = [join(directory, 'used.db'), join(directory, 'absent.db')];
    await fill(used);
    const server = await postgres.database();
    await copy(`sqlite:${used}`, server);
    await expect(copy(`sqlite:${used}`, server)).rejects.toThrow('is not empty');
    await expect(copy(`sqlite:${absent}`, await postgres.database())).rejects.toThrow('FILE_UNREADABLE');
  },
);

test.skipIf(missing !== undefined)('a store that a coordinator has open is not copied', async () => {
  const file = join(directory, 'open.db');
  const store = await openSqliteStore(file);
  await expect(copy(`sqlite:${file}`, await postgres.database())).rejects.toThrow(
    'another coordinator has it open',
  );
  await store.close();
});
