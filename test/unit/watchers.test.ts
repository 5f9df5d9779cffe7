import { expect, test } from 'vitest';
import { Changes } from '../../coordinator/fleet/changes.ts';
import { SharedReads } from '../../coordinator/fleet/shared-reads.ts';
import { Wake } from '../../coordinator/fleet/wake.ts';
import type { Tenancy } from '../../coordinator/store/agents.ts';

const stays = new AbortController().signal;
const long = 60_000;

test('a wake-up before the wait ends it, once', async () => {
  const wake = new Wake();
  wake.call();
  wake.call();
  expect(await wake.wait(long, stays)).toBe(true);
  expect(await wake.wait(1, stays)).toBe(false);
});

test('a wake-up, or the end of the caller, ends a wait', async () => {
  const [wake, gone] = [new Wake(), new AbortController()];
  const woken = wake.wait(long, gone.signal);
  wake.call();
  expect(await woken).toBe(true);
  const left = wake.wait(long, gone.signal);
  gone.abort();
  expect(await left).toBe(false);
  expect(await wake.wait(long, gone.signal)).toBe(false);
});

/** A fleet that counts how often it is read. */
class CountedFleet {
  reads = 0;
  failures = 0;

  instance(): Promise<Tenancy | undefined> {
    this.reads += 1;
    return this.failures-- > 0 ? Promise.reject(new Error('the store fails')) : Promise.resolve(undefined);
  }
}

test('hundreds who watch an instance read it once after each change', async () => {
  const [fleet, changes] = [new CountedFleet(), new Changes()];
  const shared = new SharedReads(fleet, changes);
  const readAll = () => Promise.all(Array.from({ length: 500 }, () => shared.instance('i-1')));
  await readAll();
  changes.instanceChanged('i-2');
  await readAll();
  expect(fleet.reads).toBe(1);
  changes.instanceChanged('i-1');
  await readAll();
  expect(fleet.reads).toBe(2);
});

test('a read that fails is not shared with those who ask later', async () => {
  const fleet = new CountedFleet();
  fleet.failures = 1;
  const shared = new SharedReads(fleet, new Changes());
  await expect(shared.instance('i-1')).rejects.toThrow('the store fails');
  expect(await shared.instance('i-1')).toBeUndefined();
});
