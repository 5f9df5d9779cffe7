import { assert, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationOf, isDuration, millisecondsOf, timeOf } from '../../proto/wire/time.ts';

describe('a duration', () => {
  test.each([
    [0, 0, 0],
    [1.25, 0, 1_250_000],
    [60_000, 60, 0],
    [-0.5, 0, -500_000],
    [-3_600_000.5, -3600, -500_000],
    // A rounding that fills the second.
    [999.999_999_9, 1, 0],
    [-999.999_999_9, -1, 0],
  ])('of %d ms has %d s and %d ns', (ms, seconds, nanos) => {
    expect(durationOf(ms)).toEqual({ seconds, nanos });
  });

  test('is valid by the rules of protobuf and reads back to the nanosecond, whatever its length', () => {
    assert(
      property(double({ min: -1e12, max: 1e12, noNaN: true }), (ms) => {
        const duration = durationOf(ms);
        expect(isDuration(duration)).toBe(true);
        expect(Math.abs(millisecondsOf(duration) - ms)).toBeLessThanOrEqual(1e-6 + Math.abs(ms) * 1e-15);
      }),
    );
  });

  test.each([
    ['of two signs', { seconds: 1, nanos: -1 }],
    ['of a second in nanoseconds', { seconds: 0, nanos: 1e9 }],
    ['of more than ten thousand years', { seconds: 2 ** 63, nanos: 0 }],
  ])('%s is invalid', (_, duration) => {
    expect(isDuration(duration)).toBe(false);
  });
});

test('a time before 1970 has a positive part of a second', () => {
  expect(timeOf(-500)).toEqual({ seconds: -1, nanos: 500_000_000 });
});
