import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteDatabase } from '../../coordinator/store/sqlite/database.ts';
import { commandsOf, recover } from '../../coordinator/store/sql/commands.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import { aCheckIn, anObserved, aRequest, at } from '../support/store-builders.ts';

const facts = JSON.stringify(aCheckIn('i-1').facts);
const offers = JSON.stringify([{ name: 'web', userEnv: [], ports: [], preparation: 1 }]);

describe('a store of every former version', () => {
  let file: string;
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-versions-'));
    file = join(directory, 'store.db');
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** What the first version could hold, in a file of a later one. */
  const fill = async (version: number): Promise<void> => {
    const database = SqliteDatabase.writer(file, migrations.slice(0, version));
    const ids = ['i-ready', 'i-assigned'];
    for (const [index, id] of ids.entries()) {
      const state = index === 0 ? 'READY' : 'ASSIGNED';
      await database.run(
        `INSERT INTO instance (instance_id, state, facts, roles, boot_id, generation, check_in_time, last_seen_time,
           ready_time) VALUES (?, ?, ?, ?, 'boot-i-1', 3, 1, 1, 1)`,
        ...[id, state, facts, offers],
      );
      await database.run(`INSERT INTO offer (role, instance_id, user_env) VALUES ('web', ?, '[]')`, id);
      await database.run(
        `INSERT INTO span (instance_id, boot_id, span_id, start_ns, body) VALUES (?, 'b', 's', 5, '"span"')`,
        id,
      );
      await database.run(
        `INSERT INTO audit (at, instance_id, assignment_id, event, state, reason) VALUES (1, ?, '', 'checked_in', ?, '')`,
        ...[id, state],
      );
    }
    await database.run(
      `INSERT INTO assignment (assignment_id, request_id, fingerprint, user, role, environment, env, state, instance_id,
         create_time, attempt) VALUES ('as-1', 'r-1', 'fingerprint', 'alice', 'web', '', '{"A":"1"}', 'SERVING',
         'i-assigned', 1000, 1)`,
    );
    await database.run(`INSERT INTO role (name, user_env) VALUES ('web', '[]')`);
    await database.close();
  };

  test.each(migrations.map((_, index) => index + 1))(
    'version %i works on, with all that it held',
    async (version) => {
      await fill(version);
      const database = SqliteDatabase.writer(file, migrations);
      await database.transaction(() => recover(database));
      const commands = commandsOf(database, () => 0);
      expect(await commands.assignment('as-1')).toMatchObject({
        state: 'SERVING',
        instanceId: 'i-assigned',
        user: 'alice',
        env: { A: '1' },
        createTime: 1000,
      });
      expect((await commands.timeline('i-assigned')).spans).toEqual(['"span"']);
      expect((await commands.events(0, 10)).events.map(({ instanceId }) => instanceId)).toEqual([
        'i-ready',
        'i-assigned',
      ]);
      expect(await commands.instance('i-assigned')).toMatchObject({
        instance: { state: 'ASSIGNED', generation: 3, connected: false },
        assignment: { assignmentId: 'as-1' },
      });
      // What is there can be used: its agent comes back and the instance is taken.
      await commands.admit(
        aCheckIn('i-ready', { facts: { bootId: 'boot-i-1', engineId: 'own', machineIdHash: '' } }),
        's',
        at(2),
      );
      await commands.openSession('i-ready', 's', at(3));
      await commands.observe('i-ready', anObserved({ generation: 3 }), at(4));
      const { claimed, replayed } = await commands.request(aRequest('as-2'));
      expect(claimed?.instance).toMatchObject({ instanceId: 'i-ready', generation: 4 });
      expect(replayed).toBe(false);
      expect((await commands.request(aRequest('as-3', { requestId: 'r-1' }))).replayed).toBe(true);
      await expect(
        commands.request(aRequest('as-3', { requestId: 'r-1', fingerprint: 'other' })),
      ).rejects.toThrow(/r-1/);
      await database.close();
    },
  );

  test('a store of a newer version is refused, and left as it is', async () => {
    await SqliteDatabase.writer(file, [...migrations, 'CREATE TABLE future (a TEXT) STRICT']).close();
    expect(() => SqliteDatabase.writer(file, migrations)).toThrow(
      /has version \d+, and this coordinator knows/,
    );
    const database = new DatabaseSync(file);
    expect(database.prepare('SELECT count(*) AS count FROM future').get()).toEqual({ count: 0 });
    database.close();
  });

  test('a migration that fails leaves the version that there was', async () => {
    await fill(3);
    expect(() => SqliteDatabase.writer(file, [...migrations, 'NOT SQL'])).toThrow(/syntax error/);
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    database.close();
    await SqliteDatabase.writer(file, migrations).close();
  });

  test('a store that is open elsewhere is refused', async () => {
    const first = SqliteDatabase.writer(file, migrations);
    expect(() => SqliteDatabase.writer(file, migrations)).toThrow(/another coordinator has it open/);
    await first.close();
    await SqliteDatabase.writer(file, migrations).close();
  });
});
