import { describe, expect, test } from 'vitest';
import {
  arrivalStep,
  forecastOf,
  historySlot,
  historyTimes,
  recentSpan,
} from '../../coordinator/core/pool/forecast.ts';

const [minute, day] = [60_000, 86_400_000];
const lead = 100_000;
const steps = { recent: recentSpan / arrivalStep, slot: historySlot / arrivalStep };

describe('a forecast', () => {
  const nobody = Array.from({ length: steps.recent }, () => 0);
  const none = Array.from({ length: 5 }, () => undefined);

  test('asks for nothing when nobody came', () => {
    expect(forecastOf({ recent: nobody, history: none }, lead, 0.99)).toEqual({
      ...{ recent: 0, history: 0, ratePerMinute: 0, dispersion: 1 },
    });
  });

  test.each([
    // One a minute is 1.67 in 100 s: 5 or fewer come in 99.2 % of cases.
    [0.99, 5],
    [0.999, 7],
  ])('is the quantile %d of what comes in one lead time', (quantile, level) => {
    const recent = nobody.map((_, index) => (index % 6 === 0 ? 1 : 0));
    expect(forecastOf({ recent, history: none }, lead, quantile)).toMatchObject({ recent: level });
  });

  test('grows with what comes, also where the chance of nobody is hardly a number', () => {
    const asked = Array.from({ length: 40 }, (_, more) => {
      const recent = nobody.map(() => 72.5 + more * 0.05);
      return forecastOf({ recent, history: none }, lead, 0.99).recent;
    });
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
    expect(Math.max(...asked)).toBeLessThan(900);
  });

  test('asks for more where requests come in bursts', () => {
    const even = nobody.map((_, index) => (index % 12 === 0 ? 1 : 0));
    const bursts = nobody.map((_, index) => (index % 120 === 0 ? 10 : 0));
    const [calm, wild] = [even, bursts].map((recent) => forecastOf({ recent, history: none }, lead, 0.99));
    expect(wild?.dispersion).toBeGreaterThan(3);
    expect(wild?.recent).toBeGreaterThan(calm?.recent ?? 0);
  });

  test('goes by the median of the weeks that there are, else by yesterday', () => {
    const slot = (count: number) => [...Array.from({ length: 2 * steps.slot - 1 }, () => 0), count];
    const historyOf = (...peaks: (number | undefined)[]) =>
      forecastOf(
        { recent: nobody, history: peaks.map((peak) => (peak === undefined ? undefined : slot(peak))) },
        lead,
        0.99,
      ).history;
    expect(historyOf(1, 9, 5, 2, 7)).toBe(5);
    expect(historyOf(1, 9, undefined, undefined, 7)).toBe(9);
    expect(historyOf(undefined, undefined, undefined, undefined, 7)).toBe(7);
  });

  test('looks at the slot of the lead time ahead, a week ago and so on, and yesterday', () => {
    const now = 100 * day + 4 * minute;
    expect(historyTimes(now, lead).map((time) => (now - time) / day)).toEqual(
      [7, 14, 21, 28, 1].map((days) => days + (4 * minute - 5 * minute) / day),
    );
  });
});
