import { describe, expect, test } from 'vitest';
import {
  arrivalStep,
  forecastOf,
  historySlot,
  historyTimes,
  recentSpan,
} from '../../coordinator/core/pool/forecast.ts';
import { randomOf } from '../pool-faults/random.ts';

const [minute, day] = [60_000, 86_400_000];
const lead = 100_000;
const steps = { recent: recentSpan / arrivalStep, slot: historySlot / arrivalStep };

/** Requests of four weeks by steps, and what became of them in the last two. */
class Simulation {
  readonly #counts: number[];
  readonly #random: () => number;

  /** @param certain requests at a step that nothing varies */
  constructor(seed: number, rateAt: (ms: number) => number, certain: (ms: number) => number) {
    this.#random = randomOf(seed);
    this.#counts = Array.from(
      { length: (28 * day) / arrivalStep },
      (_, step) => this.#poisson(rateAt(step * arrivalStep)) + certain(step * arrivalStep),
    );
  }

  /** @param wanted how many READY at a step. @returns part of requests that did not wait, and idle hours a day */
  run(wanted: (step: number) => number): { hit: number; idle: number } {
    let [ready, waiting, hits, all, idle, want] = [0, 0, 0, 0, 0, 0];
    const coming: { at: number; isGood: boolean }[] = [];
    const held: number[] = [];
    for (const [step, count] of this.#counts.entries()) {
      const isCounted = step * arrivalStep >= 14 * day;
      for (const machine of coming.filter(({ at }) => at <= step)) {
        coming.splice(coming.indexOf(machine), 1);
        if (machine.isGood) ready += 1;
      }
      const late = Math.min(waiting, ready);
      ready -= late;
      waiting -= late;
      const served = Math.min(count, ready);
      if (isCounted) [hits, all] = [hits + served, all + count];
      ready -= served;
      waiting += count - served;
      if (step % 3 === 0) want = wanted(step);
      held.push(want);
      if (held.length > 60) held.shift();
      for (let left = want + waiting - ready - coming.length; left > 0; left--)
        coming.push({ at: step + this.#leadSteps(), isGood: this.#random() > 0.01 });
      ready -= Math.min(ready, Math.max(0, ready + coming.length - waiting - Math.max(...held)));
      if (isCounted) idle += ready + coming.length;
    }
    return { hit: hits / all, idle: (idle * arrivalStep) / 3_600_000 / 14 };
  }

  forecast(): { hit: number; idle: number } {
    return this.run((step) => {
      const recent = this.#counts.slice(Math.max(0, step + 1 - steps.recent), step + 1);
      const history = historyTimes(step * arrivalStep, lead).map((time) => {
        const from = time / arrivalStep;
        return from < 0 ? undefined : this.#counts.slice(from, Math.min(step, from + 2 * steps.slot));
      });
      const { recent: now, history: then } = forecastOf({ recent, history }, lead, 0.99);
      return Math.max(1, now, then);
    });
  }

  /** About a minute, with a tail. */
  #leadSteps(): number {
    const normal = Array.from({ length: 6 }, () => this.#random()).reduce((a, b) => a + b, -3) * Math.SQRT2;
    return Math.max(3, Math.round((60 * Math.exp(0.35 * normal)) / 10));
  }

  #poisson(mean: number): number {
    let [count, product] = [0, this.#random()];
    for (const limit = Math.exp(-mean); product > limit; count++) product *= this.#random();
    return count;
  }
}

/** Requests in one step, by office hours. */
function office(ms: number): number {
  const hour = (ms / 3_600_000) % 24;
  const busy = Math.exp(-(((hour - 10.5) / 2.2) ** 2)) + Math.exp(-(((hour - 15) / 2.4) ** 2));
  const isWeekend = Math.floor(ms / day) % 7 >= 5;
  return 0.5 * (0.03 + busy) * (isWeekend ? 0.12 : 1);
}

/** With a class of 60 at nine and at two. */
function classAt(ms: number): number {
  const isClass = [9, 14].some((hour) => Math.abs((ms % day) - hour * 3_600_000) < minute / 2);
  return isClass && Math.floor(ms / day) % 7 < 5 ? 10 : 0;
}

describe('a pool that follows its forecast', () => {
  test.each([
    ['office hours', () => 0, 0.62],
    ['office hours with a class of 60 on the hour', classAt, 0.25],
  ])(
    'keeps few waiting on %s, and costs less than a pool of one size that does the same',
    (_, certain, bar) => {
      const simulation = new Simulation(7, office, certain);
      const forecast = simulation.forecast();
      expect(forecast.hit).toBeGreaterThanOrEqual(0.998);
      const sizes = [6, 8, 10, 12, 16, 24, 32, 40, 48, 56, 64, 80];
      const same = sizes.map((size) => simulation.run(() => size)).find(({ hit }) => hit >= forecast.hit);
      expect(forecast.idle / (same?.idle ?? 0)).toBeLessThanOrEqual(bar);
    },
  );
});
