import { describe, expect, test } from 'vitest';
import type { Sample } from '../../coordinator/core/sample.ts';
import { usedIn, usedTogether } from '../../coordinator/core/usage.ts';

const second = 1_000;
const time = { role: 'web', from: 100 * second, to: 200 * second };

function aSample(startMs: number, more: Partial<Sample> = {}): Sample {
  return { container: 'web/app', startMs, intervalMs: second, ...more };
}

describe('what an attempt used', () => {
  test('is what the containers of its role used, and how much of it was sampled is what the host says', () => {
    const samples = [
      aSample(150 * second, { cpuMs: 200, diskReadBytes: 1, networkTransmitBytes: 7 }),
      aSample(150 * second, { container: 'web/db', cpuMs: 50, diskReadBytes: 2 }),
      aSample(150 * second, { container: 'other/app', cpuMs: 900, diskReadBytes: 9 }),
      aSample(150 * second, { container: '', cpuMs: 990, diskReadBytes: 99, memoryBytes: 999 }),
    ];
    expect(usedIn(samples, time, 0)).toEqual({
      sampledMs: second,
      cpuMs: 250,
      diskReadBytes: 3,
      networkTransmitBytes: 7,
    });
  });

  test('has a sample as a whole when its middle lies in the time', () => {
    const of = (startMs: number) => usedIn([aSample(startMs, { cpuMs: 1 })], time, 0);
    expect(of(time.from - 501)).toBeUndefined();
    expect(of(time.from - 500)).toBeDefined();
    expect(of(time.to - 500)).toBeDefined();
    expect(of(time.to - 499)).toBeUndefined();
  });

  test('is looked for by the clock of the coordinator', () => {
    const hour = 3_600 * second;
    const ahead = [aSample(150 * second + 2 * hour, { cpuMs: 5 })];
    expect(usedIn(ahead, time, 0)).toBeUndefined();
    expect(usedIn(ahead, time, -2 * hour)).toMatchObject({ cpuMs: 5 });
  });

  test('has the highest memory that its containers had together', () => {
    const samples = [
      aSample(150_000, { memoryBytes: 10 }),
      aSample(150_001, { container: 'web/db', memoryBytes: 5 }),
      aSample(151_000, { memoryBytes: 2 }),
      aSample(151_001, { container: 'web/db', memoryBytes: 9 }),
    ];
    expect(usedIn(samples, time, 0)?.memoryBytes).toBe(15);
  });

  test('adds up, and what was never measured stays absent', () => {
    expect(usedTogether({ sampledMs: 1, cpuMs: 1 }, { sampledMs: 2, memoryBytes: 4 })).toEqual({
      sampledMs: 3,
      cpuMs: 1,
      memoryBytes: 4,
    });
    expect(usedTogether({ sampledMs: 1, memoryBytes: 6 }, { sampledMs: 2, memoryBytes: 4 })).toEqual({
      sampledMs: 3,
      memoryBytes: 6,
    });
  });
});
