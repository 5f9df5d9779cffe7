import { assert, double, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockFrom, isNews } from '../../agent/core/clock.ts';

const noon = Date.UTC(2026, 0, 1, 12);

describe('the offset of a clock', () => {
  test('is right to within its uncertainty, whatever the way there and back took', () => {
    const way = double({ min: 0, max: 2_000, noNaN: true });
    const offset = integer({ min: -10_000_000, max: 10_000_000 });
    const fraction = double({ min: 0, max: 0.999, noNaN: true });
    assert(
      property(way, way, way, offset, fraction, (there, work, back, real, begun) => {
        const start = noon + begun;
        const clock = clockFrom({
          sent: Math.floor(start),
          took: there + work + back,
          received: Math.floor(start + real + there),
          answered: Math.floor(start + real + there + work),
        });
        expect(clock).toBeDefined();
        expect(Math.abs((clock?.offsetMs ?? 0) - real)).toBeLessThanOrEqual(
          (clock?.uncertaintyMs ?? 0) + 0.01,
        );
      }),
    );
  });

  test.each([
    ['a coordinator that tells no times', { sent: noon, took: 5, received: 0, answered: 0 }],
    ['a clock that was set back meanwhile', { sent: noon, took: 5, received: noon, answered: noon - 10 }],
    [
      'a clock that was set forward meanwhile',
      { sent: noon, took: 5, received: noon, answered: noon + 60_000 },
    ],
  ])('is not known from %s', (_, trip) => {
    expect(clockFrom(trip)).toBeUndefined();
  });
});

describe('a measurement is news', () => {
  const known = { offsetMs: 100, uncertaintyMs: 10 };
  test.each([
    ['the first one', undefined, known, true],
    ['the same again', known, known, false],
    ['a little off, as the network makes it', known, { offsetMs: 115, uncertaintyMs: 10 }, false],
    ['a jump', known, { offsetMs: 3_600_100, uncertaintyMs: 10 }, true],
    ['a drift that both cannot be true with', known, { offsetMs: 121, uncertaintyMs: 10 }, true],
    ['twice as good', known, { offsetMs: 101, uncertaintyMs: 4 }, true],
    ['worse, and within', known, { offsetMs: 150, uncertaintyMs: 100 }, false],
  ])('%s', (_, before, next, expected) => {
    expect(isNews(before, next)).toBe(expected);
  });
});
