import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../coordinator/core/model.ts';
import { retentionOf } from '../../coordinator/core/retention.ts';
import { thinned, type Sample } from '../../coordinator/core/sample.ts';
import { retain } from '../../coordinator/services/retention.ts';
import { SqliteStore } from '../../coordinator/store/sqlite-store.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const begin = Date.UTC(2026, 0, 1);
const { signal } = new AbortController();

let store: SqliteStore;
beforeEach(() => void (store = new SqliteStore(':memory:')));
afterEach(() => store.close());

function aSample(startMs: number, more: Partial<Sample> = {}): Sample {
  return { container: '', startMs, intervalMs: 15_000, diskReadBytes: 10, memoryBytes: 5, ...more };
}

function checkIn(instanceId: string, now: number): void {
  const facts = { instanceId, bootId: 'boot', engineId: instanceId, machineIdHash: '' } as Facts;
  store.instances.checkIn({ facts, roles: [], observedGeneration: 0 }, now);
}

test(
  'a store that lives for thirty days and more holds no more than its limits',
  { timeout: 60_000 },
  async () => {
    const instances = ['i-1', 'i-2'];
    const retention = retentionOf(30);
    const sizes: number[] = [];
    let now = begin;
    for (let hours = 0; hours < 40 * 24; hours++, now += hour) {
      for (const instanceId of instances) {
        const samples = Array.from({ length: 60 }, (_, index) =>
          aSample(now + index * minute, { intervalMs: minute }),
        );
        for (const container of ['', 'web/app'])
          store.samples.add(
            instanceId,
            samples.map((sample) => ({ ...sample, container })),
          );
      }
      if (hours % 24 !== 23) continue;
      await retain(store, retention, now, signal);
      sizes.push(store.samples.query({ instanceId: 'i-1' }).length);
    }
    // A day in minutes and the rest in quarters of an hour, of the host and one container.
    const most = 2 * (25 * 60 + 30 * 24 * 4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
    expect(sizes.at(-1)).toBe(sizes.at(-5));
    // Nothing of what was counted is lost by joining.
    const kept = store.samples.query({ instanceId: 'i-1' }).filter(({ container }) => container === '');
    const minutes = kept.reduce((sum, { intervalMs }) => sum + intervalMs, 0) / minute;
    expect(kept.reduce((sum, { diskReadBytes = 0 }) => sum + diskReadBytes, 0)).toBe(minutes * 10);
    expect(kept[0]?.startMs).toBeGreaterThanOrEqual(now - hour - 30 * day - 15 * minute);
  },
);

test('samples are joined once they are old, and figures that were never read stay absent', async () => {
  for (const at of [0, 15_000, 30_000, 45_000])
    store.samples.add('i-1', [aSample(begin + at, { memoryBytes: at })]);
  store.samples.add('i-1', [aSample(begin + 2 * hour)]);
  await retain(store, retentionOf(30), begin + 2 * hour, signal);
  expect(store.samples.query({ instanceId: 'i-1' })).toEqual([
    { container: '', startMs: begin, intervalMs: minute, diskReadBytes: 40, memoryBytes: 45_000 },
    aSample(begin + 2 * hour),
  ]);
  // Joined again, nothing changes.
  await retain(store, retentionOf(30), begin + 2 * hour, signal);
  expect(store.samples.query({ instanceId: 'i-1' })).toHaveLength(2);
});

test('a stretch of which there is little is not joined for ever', async () => {
  store.samples.add('i-1', [aSample(begin, { intervalMs: 10 })]);
  for (const _ of [1, 2])
    expect(await retain(store, retentionOf(1), begin + 2 * hour, signal)).toBeLessThan(3);
});

describe('an instance that is over', () => {
  test('is removed with everything of it, and one that is not over is kept', async () => {
    for (const instanceId of ['i-over', 'i-live']) {
      checkIn(instanceId, begin);
      store.reports.add({
        ...{ instanceId, bootId: 'boot', sequence: 1, pulls: ['{}'], starts: ['{}'], reads: ['{}'] },
        spans: [{ id: 's', startNs: (begin + 29 * day) * 1e6, json: '{}' }],
        samples: [aSample(begin + 29 * day)],
      });
    }
    store.instances.event('i-over', { kind: 'prepare_failed' }, begin, 'it did not come up');
    await retain(store, retentionOf(30), begin + 31 * day, signal);
    expect(store.instances.get('i-over')).toBeUndefined();
    expect(store.reports.timeline('i-over')).toEqual({ spans: [], pulls: [], starts: [], reads: [] });
    expect(store.samples.query({ instanceId: 'i-over' })).toEqual([]);
    expect(store.events.list('i-over', 0, 10)).toEqual([]);
    expect(store.instances.get('i-live')).toBeDefined();
    expect(store.reports.timeline('i-live').spans).toHaveLength(1);
  });

  test('is kept as long as it was seen lately', async () => {
    checkIn('i-1', begin + 20 * day);
    store.instances.event('i-1', { kind: 'prepare_failed' }, begin + 20 * day, 'it did not come up');
    await retain(store, retentionOf(30), begin + 40 * day, signal);
    expect(store.instances.get('i-1')).toBeDefined();
  });
});

test('events are the history of an instance, and go with age', async () => {
  checkIn('i-1', begin);
  store.instances.event('i-1', { kind: 'preparing' }, begin + day);
  store.instances.event('i-1', { kind: 'prepared' }, begin + 2 * day);
  const events = store.events.list('i-1', 0, 10);
  expect(events.map(({ event, state }) => [event, state])).toEqual([
    ['checked_in', 'CHECKED_IN'],
    ['preparing', 'PREPARING'],
    ['prepared', 'READY'],
  ]);
  expect(store.events.list('i-1', events[0]?.sequence ?? 0, 1)).toEqual([events[1]]);
  await retain(store, retentionOf(1), begin + 2.5 * day, signal);
  expect(store.events.list('i-1', 0, 10)).toEqual([events[2]]);
});

describe('thinned', () => {
  const samples = Array.from({ length: 10 }, (_, index) =>
    aSample(begin + index * 1000, { intervalMs: 1000 }),
  );

  test('leaves few as they are', () => {
    expect(thinned(samples, 10)).toEqual(samples);
  });

  test('joins neighbours, each container for itself', () => {
    const both = [...samples, ...samples.map((sample) => ({ ...sample, container: 'web/app' }))];
    const joined = thinned(both, 4);
    expect(joined.map(({ container, intervalMs }) => [container, intervalMs])).toEqual([
      ['', 3000],
      ['', 3000],
      ['', 3000],
      ['', 1000],
      ['web/app', 3000],
      ['web/app', 3000],
      ['web/app', 3000],
      ['web/app', 1000],
    ]);
    expect(joined[0]).toMatchObject({ diskReadBytes: 30, memoryBytes: 5 });
    expect(joined[0]?.cpuMs).toBeUndefined();
  });
});
