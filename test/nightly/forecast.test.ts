import { describe, expect, test } from 'vitest';
import { arrivalStep } from '../../coordinator/core/pool/forecast.ts';
import { simulate, wantedBy, type Machines, type Trace } from '../../coordinator/core/pool/simulate.ts';
import { aPoolSpec } from '../support/pool-builders.ts';
import { randomOf } from '../../coordinator/core/pool/seeded-random.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
/** The pool learns for two weeks. */
const learnt = (14 * day) / arrivalStep;

/** Requests of four weeks. @param certain requests at a step that nothing varies */
function trace(certain: (ms: number) => number): Trace {
  const random = randomOf(7);
  const poisson = (mean: number): number => {
    let [count, product] = [0, random()];
    for (const limit = Math.exp(-mean); product > limit; count++) product *= random();
    return count;
  };
  const steps = Array.from({ length: (28 * day) / arrivalStep }, (_, step) => step * arrivalStep);
  return { begun: 0, counts: steps.map((ms) => poisson(office(ms)) + certain(ms)) };
}

/** Requests in one step, by office hours. */
function office(ms: number): number {
  const at = (ms / hour) % 24;
  const busy = Math.exp(-(((at - 10.5) / 2.2) ** 2)) + Math.exp(-(((at - 15) / 2.4) ** 2));
  const isWeekend = Math.floor(ms / day) % 7 >= 5;
  return 0.5 * (0.03 + busy) * (isWeekend ? 0.12 : 1);
}

/** A class of 60 at nine and at two. */
function classAt(ms: number): number {
  const begins = [9, 14].some((at) => Math.abs((ms % day) - at * hour) < minute / 2);
  return begins && Math.floor(ms / day) % 7 < 5 ? 10 : 0;
}

describe('a pool that follows its forecast', () => {
  const machines = (): Machines => ({
    ...{ lead: 100_000, timeout: 300_000, session: 45 * minute },
    random: randomOf(11),
  });
  test.each([
    ['office hours', () => 0, 0.62],
    ['office hours with a class of 60 on the hour', classAt, 0.25],
  ])(
    'keeps few waiting on %s, and costs less than a pool of one size that does the same',
    (_, certain, bar) => {
      const requests = trace(certain);
      const forecast = { mode: 'on', quantile: 0.99, lead: 100_000 } as const;
      const { idle } = aPoolSpec({ idle: { target: 1, max: 400, forecast } });
      const run = (wanted: Parameters<typeof simulate>[1]) =>
        simulate(requests, wanted, 10 * minute, machines(), learnt);
      const followed = run(wantedBy(requests, idle));
      expect(followed.hit).toBeGreaterThanOrEqual(0.998);
      const sizes = [6, 8, 10, 12, 16, 24, 32, 40, 48, 56, 64, 80];
      const same = sizes.map((size) => run(() => size)).find(({ hit }) => hit >= followed.hit);
      expect(followed.idleHoursPerDay / (same?.idleHoursPerDay ?? 0)).toBeLessThanOrEqual(bar);
    },
  );
});
