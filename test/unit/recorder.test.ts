import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { Recorder, type ReportItem } from '../../agent/report/recorder.ts';
import { sampleBetween } from '../../agent/report/sampler.ts';

const begun = Date.UTC(2026, 10, 21, 12);
const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'], now: begun }));
afterEach(() => void vi.useRealTimers());

test.each([
  ['back', -hour],
  ['forth', 24 * hour],
])(
  'a wall clock that jumps %s while something is measured changes nothing of how long it took',
  async (_, by) => {
    const items: ReportItem[] = [];
    const recorder = new Recorder((item) => void items.push(item), tmpdir());
    const open = recorder.begin('container.start');
    // Time passes on both clocks, then the wall clock alone jumps.
    vi.advanceTimersByTime(250);
    vi.setSystemTime(begun + by);
    await open.end();
    const [item] = items;
    if (item === undefined || !('span' in item)) throw new Error('no span was reported');
    const [start, end] = [Number(item.span.startUnixNs), Number(item.span.endUnixNs)];
    expect(start).toBe(begun * 1e6);
    // A nanosecond of our time is less than a double resolves.
    expect(Math.round((end - start) / 1e6)).toBe(250);
  },
);

test('a sample has the length of the monotonic clock, wherever the wall clock went', () => {
  const usage = { io: {}, cpuMs: 5 };
  const sample = sampleBetween(
    '',
    { at: 1_000, usage },
    { at: 2_500, usage: { io: {}, cpuMs: 8 } },
    begun - hour,
  );
  expect(sample).toMatchObject({
    startTime: timeOf(begun - hour - 1_500),
    duration: durationOf(1_500),
    cpuDuration: durationOf(3),
  });
});
