import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../coordinator/core/model.ts';
import { retentionOf } from '../../coordinator/core/retention.ts';
import { thinned, type Sample } from '../../coordinator/core/sample.ts';
import { retain, type RetentionOptions } from '../../coordinator/fleet/retention.ts';
import { SqliteStore } from '../../coordinator/store/sqlite/store.ts';
import type { NewAssignment, ReportBatch } from '../../coordinator/store/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const begin = Date.UTC(2026, 0, 1);
const { signal } = new AbortController();
const nobody = (): boolean => false;
const keep = (days: number, more: Partial<RetentionOptions> = {}): RetentionOptions => ({
  ...{ retention: retentionOf(days), isConnected: nobody },
  ...more,
});

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

function report(instanceId: string, more: Partial<ReportBatch>, sequence = 1, now = begin) {
  const none = { spans: [], pulls: [], starts: [], reads: [], samples: [] };
  return store.reports.add({ ...none, instanceId, bootId: 'boot', sequence, ...more }, now);
}

function aRequest(assignmentId: string, now: number): NewAssignment {
  const text = { requestId: assignmentId, fingerprint: '', user: 'u', role: 'web', environment: '' };
  return { ...text, assignmentId, env: {}, files: {}, traceparent: '', tracestate: '', now };
}

test(
  'a store that lives for thirty days and more holds no more than its limits',
  { timeout: 60_000 },
  async () => {
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
          store.samples.add(
            instanceId,
            samples.map((sample) => ({ ...sample, container })),
          );
      }
      if (hours % 24 !== 23) continue;
      await retain(store, retention, now, signal);
      sizes.push(store.samples.query({ instanceId: 'i-1' }).length);
    }
    // A day in minutes and the rest in quarters of an hour, of the host and one container; the oldest day goes as a whole.
    const most = 2 * (25 * 60 + 31 * 24 * 4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
    expect(sizes.at(-1)).toBe(sizes.at(-5));
    // Nothing of what was counted is lost by joining.
    const kept = store.samples.query({ instanceId: 'i-1' }).filter(({ container }) => container === '');
    const minutes = kept.reduce((sum, { intervalMs }) => sum + intervalMs, 0) / minute;
    expect(kept.reduce((sum, { diskReadBytes = 0 }) => sum + diskReadBytes, 0)).toBe(minutes * 10);
    expect(kept[0]?.startMs).toBeGreaterThanOrEqual(now - hour - 31 * day);
  },
);

test('spans of a clock that is ahead, or was never set, are kept from when they were received', async () => {
  checkIn('i-1', begin);
  const startsNs = { ahead: (begin + 3650 * day) * 1e6, unset: 1e9 };
  const spans = Object.entries(startsNs).map(([id, startNs]) => ({ id, startNs, json: JSON.stringify(id) }));
  report('i-1', { spans }, 1, begin + day);
  const isConnected = (): boolean => true;
  await retain(store, keep(30, { isConnected }), begin + 30.9 * day, signal);
  expect(store.reports.timeline('i-1').spans).toEqual(['"unset"', '"ahead"']);
  await retain(store, keep(30, { isConnected }), begin + 31.1 * day, signal);
  expect(store.reports.timeline('i-1').spans).toEqual([]);
});

test('samples are joined once they are old, and figures that were never read stay absent', async () => {
  for (const at of [0, 15_000, 30_000, 45_000])
    store.samples.add('i-1', [aSample(begin + at, { memoryBytes: at })]);
  store.samples.add('i-1', [aSample(begin + 2 * hour)]);
  await retain(store, keep(30), begin + 2 * hour, signal);
  expect(store.samples.query({ instanceId: 'i-1' })).toEqual([
    { container: '', startMs: begin, intervalMs: minute, diskReadBytes: 40, memoryBytes: 45_000 },
    aSample(begin + 2 * hour),
  ]);
  // Joined again, nothing changes.
  await retain(store, keep(30), begin + 2 * hour, signal);
  expect(store.samples.query({ instanceId: 'i-1' })).toHaveLength(2);
});

test('a stretch of which there is little is not joined for ever', async () => {
  store.samples.add('i-1', [aSample(begin, { intervalMs: 10 })]);
  for (const _ of [1, 2])
    expect((await retain(store, keep(1), begin + 2 * hour, signal)).removed).toBeLessThan(3);
});

describe('an instance that is over', () => {
  test('is removed with everything of it, and one that is not over is kept', async () => {
    for (const instanceId of ['i-over', 'i-live']) {
      checkIn(instanceId, begin);
      const batch = {
        ...{ pulls: ['{}'], starts: ['{}'], reads: ['{}'] },
        spans: [{ id: 's', startNs: (begin + 29 * day) * 1e6, json: '{}' }],
        samples: [aSample(begin + 29 * day)],
      };
      report(instanceId, batch, 1, begin + 29 * day);
    }
    store.instances.event('i-over', { kind: 'prepare_failed' }, begin, 'it did not come up');
    const isConnected = (instanceId: string): boolean => instanceId === 'i-live';
    await retain(store, keep(30, { isConnected }), begin + 31 * day, signal);
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
    await retain(store, keep(30), begin + 40 * day, signal);
    expect(store.instances.get('i-1')).toBeDefined();
  });
});

describe('what has no age of its own', () => {
  test('an instance that fell silent goes, but not while it is somebody’s', async () => {
    for (const instanceId of ['i-1', 'i-2']) {
      const facts = { instanceId, bootId: 'boot', engineId: instanceId, machineIdHash: '' } as Facts;
      const roles = [{ name: 'web', userEnv: [], ports: [], preparation: 1, takesFiles: false }];
      store.instances.checkIn({ facts, roles, observedGeneration: 0 }, begin);
      store.instances.event(instanceId, { kind: 'preparing' }, begin);
      store.instances.event(instanceId, { kind: 'prepared' }, begin);
    }
    store.assignments.create(aRequest('as-1', begin));
    const taken = store.assignments.claim('as-1', () => true, begin);
    await retain(store, keep(30), begin + 31 * day, signal);
    expect(store.instances.get(taken?.instanceId ?? '')).toBeDefined();
    expect(store.instances.list({ limit: 10 })).toHaveLength(1);
  });

  test('an assignment that ended without an instance', async () => {
    store.assignments.create(aRequest('as-1', begin));
    store.assignments.release('as-1', begin);
    await retain(store, keep(1), begin + 0.9 * day, signal);
    expect(store.assignments.get('as-1')).toBeDefined();
    await retain(store, keep(1), begin + 1.1 * day, signal);
    expect(store.assignments.get('as-1')).toBeUndefined();
  });

  test('pulls, starts and reads: the newest thousand of an instance', () => {
    const items = (from: number): string[] => Array.from({ length: 600 }, (_, index) => String(from + index));
    report('i-1', { pulls: items(0), starts: ['{}'] }, 1);
    report('i-2', { pulls: items(0) }, 1);
    report('i-1', { pulls: items(600) }, 2);
    const { pulls, starts } = store.reports.timeline('i-1');
    expect([pulls.length, pulls[0], pulls.at(-1), starts.length]).toEqual([1000, '200', '1199', 1]);
    expect(store.reports.timeline('i-2').pulls).toHaveLength(600);
  });

  test('how far a former boot had reported: not of the present one, of which a batch may come again', async () => {
    checkIn('i-1', begin + 40 * day);
    report('i-1', { bootId: 'before' }, 7);
    report('i-1', {}, 7);
    const isConnected = (): boolean => true;
    await retain(store, keep(30, { isConnected }), begin + 40 * day, signal);
    expect(report('i-1', {}, 7).isNew).toBe(false);
    expect(report('i-1', { bootId: 'before' }, 7).isNew).toBe(true);
  });
});

describe('a store that is larger than it may be', () => {
  const fill = (instanceId: string, days: number): void => {
    for (let hours = 0; hours < days * 24; hours++) {
      const at = begin + hours * hour;
      const samples = Array.from({ length: 60 }, (_, index) =>
        aSample(at + index * minute, { intervalMs: minute }),
      );
      const spans = [{ id: `${hours}`, startNs: at * 1e6, json: JSON.stringify({ text: 'x'.repeat(500) }) }];
      report(instanceId, { samples, spans }, hours + 1, at + hour);
    }
  };

  test('loses its oldest first, until it fits', async () => {
    checkIn('i-1', begin + 20 * day);
    fill('i-1', 20);
    const now = begin + 20 * day;
    await retain(store, keep(30), now, signal);
    const before = store.size();
    const keepBytes = Math.round(before * 0.6);
    const { keptMs, isTooLarge } = await retain(store, keep(30, { keepBytes }), now, signal);
    expect(isTooLarge).toBe(false);
    expect(store.size()).toBeLessThanOrEqual(keepBytes);
    expect(keptMs).toBeLessThan(20 * day);
    const { spans } = store.reports.timeline('i-1');
    expect(spans.length).toBeGreaterThan(24);
    const oldest = store.samples.query({ instanceId: 'i-1' })[0]?.startMs ?? 0;
    expect(oldest).toBeGreaterThanOrEqual(now - keptMs - day);
    expect(oldest).toBeLessThan(now - day);
    // What is left fits, so nothing more goes.
    const again = await retain(store, keep(30, { keepBytes }), now, signal);
    expect(again).toEqual({ removed: 0, keptMs: 30 * day, isTooLarge: false });
  });

  test('keeps the last hour, request ids of a day and live instances, and says that it is too large', async () => {
    const now = begin + day;
    checkIn('i-1', now);
    store.assignments.create(aRequest('as-1', now - 23 * hour));
    store.assignments.release('as-1', now - 23 * hour);
    report('i-1', { spans: [{ id: 'young', startNs: (now - minute) * 1e6, json: '{}' }] }, 1, now);
    const { keptMs, isTooLarge } = await retain(store, keep(30, { keepBytes: 1 }), now, signal);
    expect([keptMs, isTooLarge]).toEqual([hour, true]);
    expect(store.reports.timeline('i-1').spans).toHaveLength(1);
    expect(store.assignments.get('as-1')).toBeDefined();
    expect(store.instances.get('i-1')).toBeDefined();
  });
});

test('a sample that comes late is joined with those that were joined already', async () => {
  for (const container of ['', 'web/app'])
    store.samples.add('i-1', [aSample(begin, { container }), aSample(begin + 15_000, { container })]);
  await retain(store, keep(30), begin + 2 * hour, signal);
  store.samples.add('i-1', [aSample(begin + 30_000), aSample(begin - 3 * day)]);
  await retain(store, keep(30), begin + 2 * hour, signal);
  const host = store.samples.query({ instanceId: 'i-1' }).filter(({ container }) => container === '');
  expect(host.map(({ startMs, diskReadBytes }) => [startMs, diskReadBytes])).toEqual([
    [begin - 3 * day, 10],
    [begin, 30],
  ]);
});

test('the number of an event is never given again, and readers hear how far events are gone', async () => {
  checkIn('i-1', begin);
  store.instances.event('i-1', { kind: 'prepare_failed' }, begin, 'x');
  expect([store.events.newest(), store.events.removedUpTo()]).toEqual([2, 0]);
  await retain(store, keep(1), begin + 2 * day, signal);
  expect(store.events.after(0, 10)).toEqual([]);
  expect([store.events.newest(), store.events.removedUpTo()]).toEqual([2, 2]);
  checkIn('i-2', begin + 2 * day);
  expect(store.events.after(2, 10)).toMatchObject([{ sequence: 3, instanceId: 'i-2' }]);
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
  await retain(store, keep(1, { isConnected: () => true }), begin + 2.5 * day, signal);
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
