import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retentionOf } from '../../coordinator/core/retention.ts';
import { thinned, type Sample } from '../../coordinator/core/sample.ts';
import { retain, type RetentionOptions } from '../../coordinator/fleet/retention.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import type { ReportBatch } from '../../coordinator/store/telemetry.ts';
import { aCheckIn, anObserved, aReport, aRequest as request, aRole, at } from '../support/store-builders.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const begin = Date.UTC(2026, 0, 1);
const { signal } = new AbortController();
const keep = (days: number, more: Partial<RetentionOptions> = {}): RetentionOptions => ({
  retention: retentionOf(days),
  ...more,
});

let store: Store;
let batches = 0;
beforeEach(async () => void (store = await openSqliteStore(':memory:')));
afterEach(async () => await store.close());

function aSample(startMs: number, more: Partial<Sample> = {}): Sample {
  return { container: '', startMs, intervalMs: 15_000, diskReadBytes: 10, memoryBytes: 5, ...more };
}

/** @param isConnected whether its session stays open */
async function checkIn(instanceId: string, now: number, isConnected = false): Promise<void> {
  await store.admit(aCheckIn(instanceId), 'session', at(now));
  if (isConnected) await store.openSession(instanceId, 'session', at(now));
}

async function report(instanceId: string, more: Partial<ReportBatch>, now = begin) {
  batches += 1;
  if ((await store.instance(instanceId)) === undefined) await checkIn(instanceId, now, true);
  return await store.report(aReport(instanceId, { sequence: batches, ...more }), now);
}

/** It could not be prepared. */
async function fails(instanceId: string, now: number): Promise<void> {
  const observed = anObserved({ preparation: 'FAILED', preparationError: 'it did not come up' });
  await store.observe(instanceId, observed, at(now));
}

/** A request that nobody waits for: it was released at once. */
async function isReleased(assignmentId: string, now: number): Promise<void> {
  await store.applyRoles([aRole('web')]);
  await store.request(request(assignmentId, { received: at(now) }));
  await store.release({ assignmentId }, at(now));
}

test('a store that lives for thirty days and more holds no more than its limits', async () => {
  const instances = ['i-1', 'i-2'];
  const retention = keep(30);
  const sizes: number[] = [];
  let now = begin;
  for (let hours = 0; hours < 40 * 24; hours++, now += hour) {
    for (const instanceId of instances) {
      const samples = Array.from({ length: 60 }, (_, index) =>
        aSample(now + index * minute, { intervalMs: minute }),
      );
      for (const container of ['', 'web/app'])
        await report(instanceId, { samples: samples.map((sample) => ({ ...sample, container })) });
    }
    if (hours % 24 !== 23) continue;
    await retain(store, retention, now, signal);
    sizes.push((await store.samples({ instanceId: 'i-1' })).length);
  }
  // A day in minutes and the rest in quarters of an hour, of the host and one container; the oldest day goes as a whole.
  const most = 2 * (25 * 60 + 31 * 24 * 4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
  expect(sizes.at(-1)).toBe(sizes.at(-5));
  // Nothing of what was counted is lost by joining.
  const kept = (await store.samples({ instanceId: 'i-1' })).filter(({ container }) => container === '');
  const minutes = kept.reduce((sum, { intervalMs }) => sum + intervalMs, 0) / minute;
  expect(kept.reduce((sum, { diskReadBytes = 0 }) => sum + diskReadBytes, 0)).toBe(minutes * 10);
  expect(kept[0]?.startMs).toBeGreaterThanOrEqual(now - hour - 31 * day);
});

test('spans of a clock that is ahead, or was never set, are kept from when they were received', async () => {
  await checkIn('i-1', begin, true);
  const startsNs = { ahead: (begin + 3650 * day) * 1e6, unset: 1e9 };
  const spans = Object.entries(startsNs).map(([id, startNs]) => ({ id, startNs, json: JSON.stringify(id) }));
  await report('i-1', { spans }, begin + day);
  await retain(store, keep(30), begin + 30.9 * day, signal);
  expect((await store.timeline('i-1')).spans).toEqual(['"unset"', '"ahead"']);
  await retain(store, keep(30), begin + 31.1 * day, signal);
  expect((await store.timeline('i-1')).spans).toEqual([]);
});

test('samples are joined once they are old, and figures that were never read stay absent', async () => {
  for (const at of [0, 15_000, 30_000, 45_000])
    await report('i-1', { samples: [aSample(begin + at, { memoryBytes: at })] });
  await report('i-1', { samples: [aSample(begin + 2 * hour)] });
  await retain(store, keep(30), begin + 2 * hour, signal);
  expect(await store.samples({ instanceId: 'i-1' })).toEqual([
    { container: '', startMs: begin, intervalMs: minute, diskReadBytes: 40, memoryBytes: 45_000 },
    aSample(begin + 2 * hour),
  ]);
  // Joined again, nothing changes.
  await retain(store, keep(30), begin + 2 * hour, signal);
  expect(await store.samples({ instanceId: 'i-1' })).toHaveLength(2);
});

test('a stretch of which there is little is not joined for ever', async () => {
  await report('i-1', { samples: [aSample(begin, { intervalMs: 10 })] });
  for (const _ of [1, 2])
    expect((await retain(store, keep(1), begin + 2 * hour, signal)).removed).toBeLessThan(3);
});

test('what an assignment used outlives its samples, and itself', async () => {
  const kept = { retention: retentionOf(30, 100) };
  const used = () => store.usage({ by: 'USER', limit: 10 }, begin + 200 * day);
  await checkIn('i-1', begin, true);
  await store.observe('i-1', anObserved(), at(begin));
  await store.request(request('as-1', { received: at(begin) }));
  const order = { assignmentId: 'as-1', error: '', endpoints: [], containers: [] };
  await store.observe('i-1', anObserved({ order: { ...order, state: 'SERVING' } }), at(begin));
  await report('i-1', { samples: [aSample(begin, { container: 'web/app', cpuMs: 9 })] });
  await store.observe('i-1', anObserved({ order: { ...order, state: 'COMPLETED' } }), at(begin + hour));
  await store.closeSession('i-1', 'session', begin + hour, at(begin + hour));
  await retain(store, kept, begin + 90 * day, signal);
  expect(await store.assignment('as-1')).toBeUndefined();
  expect(await used()).toMatchObject([{ instanceMs: hour, cpuMs: 9 }]);
  await retain(store, kept, begin + 101 * day, signal);
  expect(await used()).toEqual([]);
});

describe('an instance that is over', () => {
  test('is removed with everything of it, and one that is not over is kept', async () => {
    for (const instanceId of ['i-over', 'i-live']) {
      await checkIn(instanceId, begin, instanceId === 'i-live');
      const batch = {
        pulls: ['{}'],
        starts: ['{}'],
        reads: ['{}'],
        spans: [{ id: 's', startNs: (begin + 29 * day) * 1e6, json: '{}' }],
        samples: [aSample(begin + 29 * day)],
      };
      await report(instanceId, batch, begin + 29 * day);
    }
    await fails('i-over', begin);
    await retain(store, keep(30), begin + 31 * day, signal);
    expect(await store.instance('i-over')).toBeUndefined();
    expect(await store.timeline('i-over')).toEqual({ spans: [], pulls: [], starts: [], reads: [] });
    expect(await store.samples({ instanceId: 'i-over' })).toEqual([]);
    expect((await store.events(0, 10, { instanceId: 'i-over' })).events).toEqual([]);
    expect(await store.instance('i-live')).toBeDefined();
    expect((await store.timeline('i-live')).spans).toHaveLength(1);
  });

  test('is kept as long as it was seen lately', async () => {
    await checkIn('i-1', begin + 20 * day);
    await fails('i-1', begin + 20 * day);
    await retain(store, keep(30), begin + 40 * day, signal);
    expect(await store.instance('i-1')).toBeDefined();
  });
});

describe('what has no age of its own', () => {
  test('an instance that fell silent goes, but not while it is somebody’s', async () => {
    for (const instanceId of ['i-1', 'i-2']) {
      await checkIn(instanceId, begin, true);
      await store.observe(instanceId, anObserved(), at(begin));
    }
    const { claimed } = await store.request(request('as-1', { received: at(begin) }));
    for (const instanceId of ['i-1', 'i-2'])
      await store.closeSession(instanceId, 'session', begin, at(begin));
    await retain(store, keep(30), begin + 31 * day, signal);
    const kept = await store.instances({ limit: 10 });
    expect(kept.map(({ instance }) => instance.instanceId)).toEqual([claimed?.instance.instanceId]);
  });

  test('an assignment that ended without an instance', async () => {
    await isReleased('as-1', begin);
    await retain(store, keep(1), begin + 0.9 * day, signal);
    expect(await store.assignment('as-1')).toBeDefined();
    await retain(store, keep(1), begin + 1.1 * day, signal);
    expect(await store.assignment('as-1')).toBeUndefined();
  });

  test('pulls, starts and reads: the newest thousand of an instance', async () => {
    const items = (from: number): string[] => Array.from({ length: 600 }, (_, index) => String(from + index));
    await report('i-1', { pulls: items(0), starts: ['{}'] });
    await report('i-2', { pulls: items(0) });
    await report('i-1', { pulls: items(600) });
    const { pulls, starts } = await store.timeline('i-1');
    expect([pulls.length, pulls[0], pulls.at(-1), starts.length]).toEqual([1000, '200', '1199', 1]);
    expect((await store.timeline('i-2')).pulls).toHaveLength(600);
  });

  test('how far a former boot had reported: not of the present one, of which a batch may come again', async () => {
    await checkIn('i-1', begin + 40 * day, true);
    const ofBefore = { bootId: 'before', sequence: 7 };
    await report('i-1', ofBefore);
    await report('i-1', { sequence: 7 });
    await retain(store, keep(30), begin + 40 * day, signal);
    expect((await report('i-1', { sequence: 7 })).isNew).toBe(false);
    expect((await report('i-1', ofBefore)).isNew).toBe(true);
  });
});

describe('a store that is larger than it may be', () => {
  const fill = async (instanceId: string, days: number): Promise<void> => {
    for (let hours = 0; hours < days * 24; hours++) {
      const start = begin + hours * hour;
      const samples = Array.from({ length: 60 }, (_, index) =>
        aSample(start + index * minute, { intervalMs: minute }),
      );
      const spans = [
        { id: `${hours}`, startNs: start * 1e6, json: JSON.stringify({ text: 'x'.repeat(500) }) },
      ];
      await report(instanceId, { samples, spans }, start + hour);
    }
  };

  test('loses its oldest first, until it fits', async () => {
    const empty = await store.size();
    await checkIn('i-1', begin + 20 * day);
    await fill('i-1', 20);
    const now = begin + 20 * day;
    await retain(store, keep(30), now, signal);
    const before = await store.size();
    const keepBytes = Math.round(empty + (before - empty) * 0.6);
    const { keptMs, isTooLarge } = await retain(store, keep(30, { keepBytes }), now, signal);
    expect(isTooLarge).toBe(false);
    expect(await store.size()).toBeLessThanOrEqual(keepBytes);
    expect(keptMs).toBeLessThan(20 * day);
    const { spans } = await store.timeline('i-1');
    expect(spans.length).toBeGreaterThan(24);
    const oldest = (await store.samples({ instanceId: 'i-1' }))[0]?.startMs ?? 0;
    expect(oldest).toBeGreaterThanOrEqual(now - keptMs - day);
    expect(oldest).toBeLessThan(now - day);
    // What is left fits, so nothing more goes.
    const again = await retain(store, keep(30, { keepBytes }), now, signal);
    expect(again).toEqual({ removed: 0, keptMs: 30 * day, isTooLarge: false });
  });

  test('keeps the last hour, request ids of a day and live instances, and says that it is too large', async () => {
    const now = begin + day;
    await checkIn('i-1', now);
    await isReleased('as-1', now - 23 * hour);
    await report('i-1', { spans: [{ id: 'young', startNs: (now - minute) * 1e6, json: '{}' }] }, now);
    const { keptMs, isTooLarge } = await retain(store, keep(30, { keepBytes: 1 }), now, signal);
    expect([keptMs, isTooLarge]).toEqual([hour, true]);
    expect((await store.timeline('i-1')).spans).toHaveLength(1);
    expect(await store.assignment('as-1')).toBeDefined();
    expect(await store.instance('i-1')).toBeDefined();
  });
});

test('a sample that comes late is joined with those that were joined already', async () => {
  for (const container of ['', 'web/app'])
    await report('i-1', { samples: [aSample(begin, { container }), aSample(begin + 15_000, { container })] });
  await retain(store, keep(30), begin + 2 * hour, signal);
  await report('i-1', { samples: [aSample(begin + 30_000), aSample(begin - 3 * day)] });
  await retain(store, keep(30), begin + 2 * hour, signal);
  const host = (await store.samples({ instanceId: 'i-1' })).filter(({ container }) => container === '');
  expect(host.map(({ startMs, diskReadBytes }) => [startMs, diskReadBytes])).toEqual([
    [begin - 3 * day, 10],
    [begin, 30],
  ]);
});

test('the number of an event is never given again, and readers hear how far events are gone', async () => {
  await checkIn('i-1', begin);
  await fails('i-1', begin);
  expect(await store.events(0, 10)).toMatchObject({ newest: 2, removedUpTo: 0 });
  await retain(store, keep(1), begin + 2 * day, signal);
  expect(await store.events(0, 10)).toEqual({ events: [], newest: 2, removedUpTo: 2 });
  await checkIn('i-2', begin + 2 * day);
  expect((await store.events(2, 10)).events).toMatchObject([{ sequence: 3, instanceId: 'i-2' }]);
});

test('events are the history of an instance, and go with age', async () => {
  const instanceId = 'i-1';
  await checkIn(instanceId, begin, true);
  await store.observe(instanceId, anObserved({ preparation: 'PREPARING' }), at(begin + day));
  await store.observe(instanceId, anObserved(), at(begin + 2 * day));
  const { events } = await store.events(0, 10, { instanceId });
  expect(events.map(({ event, state }) => [event, state])).toEqual([
    ['checked_in', 'CHECKED_IN'],
    ['preparing', 'PREPARING'],
    ['prepared', 'READY'],
  ]);
  const second = await store.events(events[0]?.sequence ?? 0, 1, { instanceId });
  expect(second.events).toEqual([events[1]]);
  await retain(store, keep(1), begin + 2.5 * day, signal);
  expect((await store.events(0, 10, { instanceId })).events).toEqual([events[2]]);
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
