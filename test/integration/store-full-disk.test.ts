import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { aCheckIn, anObserved, aRequest, at } from '../support/store-builders.ts';

const run = promisify(execFile);
let directory: string;
let store: Store;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parbake-full-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);
  store = await openSqliteStore(join(directory, 'store.db'));
  await store.admit(aCheckIn('i-1'), 'session', at(1));
  await store.openSession('i-1', 'session', at(1));
  await store.observe('i-1', anObserved(), at(1));
});

afterEach(async () => {
  await store.close();
  await run('umount', [directory]);
  await rm(directory, { recursive: true });
});

/** Leaves not a byte. */
const fill = async (): Promise<void> => {
  await writeFile(join(directory, 'filler'), Buffer.alloc(8 * 1024 ** 2)).catch(() => {});
};
const free = () => rm(join(directory, 'filler'));
const codeOf = (cause: unknown): string => toParbakeError(cause).code;
/** Larger than what is free within the store's own files. */
const aLargeRequest = (id: string) => aRequest(id, { environment: 'x'.repeat(200_000) });

test('A15: a full disk refuses changes, reads go on, and all is well once there is room', async () => {
  await fill();
  expect(await store.request(aLargeRequest('as-1')).catch(codeOf)).toBe('STORE_FAILED');
  expect((await store.instance('i-1'))?.instance.state).toBe('READY');
  expect((await store.counts()).states.READY).toBe(1);
  await free();
  expect((await store.request(aLargeRequest('as-1'))).claimed?.instance.instanceId).toBe('i-1');
});

test('A15: the store opens on a full disk, and takes changes once there is room', async () => {
  await store.request(aRequest('as-1'));
  await store.close();
  await fill();
  store = await openSqliteStore(join(directory, 'store.db'));
  expect((await store.assignment('as-1'))?.state).toBe('CLAIMED');
  expect(await store.request(aLargeRequest('as-2')).catch(codeOf)).toBe('STORE_FAILED');
  await free();
  await store.admit(aCheckIn('i-2'), 'session', at(2));
  expect((await store.instance('i-1'))?.instance.connected).toBe(false);
});
