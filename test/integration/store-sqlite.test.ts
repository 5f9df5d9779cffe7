import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../coordinator/store/sqlite/store.ts';
import { storeSuite } from '../support/store-suite.ts';

storeSuite('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parbake-store-'));
  return {
    open: () => openSqliteStore(join(directory, 'store.db')),
    remove: () => rm(directory, { recursive: true }),
  };
});
