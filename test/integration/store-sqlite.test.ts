import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import { aRequest, aRole } from '../support/store-builders.ts';
import { storeSuite } from '../support/store-suite.ts';
import { storePoolSuite } from '../support/store-pool-suite.ts';
import { storeListSuite } from '../support/store-list-suite.ts';
import { storePreviewSuite } from '../support/store-preview-suite.ts';
import { storeRouteSuite } from '../support/store-route-suite.ts';
import { storeTrustSuite } from '../support/store-trust-suite.ts';

const aFile = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parbake-store-'));
  return {
    open: () => openSqliteStore(join(directory, 'store.db')),
    remove: () => rm(directory, { recursive: true }),
  };
};
storeSuite('SQLite', aFile);
storeRouteSuite('SQLite', aFile);
storePreviewSuite('SQLite', aFile);
storeTrustSuite('SQLite', aFile);
storePoolSuite('SQLite', aFile);
storeListSuite('SQLite', aFile);

describe('a store on SQLite', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parbake-store-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('whose thread ends can serve nothing more, and says so', async () => {
    const threads: Worker[] = [];
    const remember = (thread: Worker): void => void threads.push(thread);
    process.on('worker', remember);
    const store = await openSqliteStore(join(directory, 'store.db'));
    process.off('worker', remember);
    const watched = store.watch(new AbortController().signal);
    await threads[0]?.terminate();
    await expect(watched).rejects.toThrow('the thread of the store ended');
    await expect(store.applyRoles([])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await store.close();
  });

  test('frees the names of requests that nobody waits for when it is opened again', async () => {
    const file = join(directory, 'store.db');
    const first = await openSqliteStore(file);
    await first.applyRoles([aRole('web')]);
    const routes = [{ name: 'a.example.com', container: 'app', port: 80, scheme: 'HTTP' as const }];
    await first.request(aRequest('as-1', { routes }));
    await first.close();
    const second = await openSqliteStore(file);
    expect((await second.routeChanges(0, 10)).changes).toMatchObject([{ state: 'WITHDRAWN' }]);
    await second.close();
  });

  test('that is closed did not fail', async () => {
    const store = await openSqliteStore(join(directory, 'store.db'));
    const stop = new AbortController();
    const watched = store.watch(stop.signal);
    await store.close();
    stop.abort();
    await expect(watched).resolves.toBeUndefined();
  });

  test('whose file is damaged under it says so to readers, too', async () => {
    const file = join(directory, 'store.db');
    const store = await openSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec('DROP TABLE role');
    other.close();
    await expect(store.roles()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await store.close();
  });

  test.each([
    [
      'a database of another program',
      (file: string) => new DatabaseSync(file).exec('CREATE TABLE song (title)'),
    ],
    [
      'one with a version of its own',
      (file: string) => new DatabaseSync(file).exec('CREATE TABLE song (title); PRAGMA user_version = 3'),
    ],
    ['no database at all', (file: string) => writeFileSync(file, 'a text, and no database. '.repeat(50))],
  ])('that is %s is refused by its path, and left as it was', async (_, make) => {
    const file = join(directory, 'music.db');
    make(file);
    const before = readFileSync(file);
    await expect(openSqliteStore(file)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(
        new RegExp(`cannot open the store ${file}: .*(another program|not a database)`),
      ),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
