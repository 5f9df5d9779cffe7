import { arrivalStep, forecastOf, historySlot, historyTimes, recentSpan } from './forecast.ts';
import { scheduledTarget, type IdleSpec } from './pool-spec.ts';
import { targetOf, unheldOf } from './target.ts';

/** Requests as they came, in steps of `arrivalStep`. */
export interface Trace {
  /** When the first step begins, in milliseconds since the epoch; a multiple of `arrivalStep`. */
  begun: number;
  counts: readonly number[];
}

/** How machines behave. Lengths of time are milliseconds. */
export interface Machines {
  /** Most machines are READY after about two thirds of it. */
  lead: number;
  /** Until one that never becomes READY is replaced. */
  timeout: number;
  /** How long a user keeps one. */
  session: number;
  /** From 0 to 1. */
  random: () => number;
}

export interface Simulated {
  /** Part of the requests that found a READY instance. */
  hit: number;
  /** Hours in which machines waited or were on their way, added up. */
  idleHoursPerDay: number;
  launchesPerDay: number;
  /** Machines that ended without a user. */
  unusedPerDay: number;
}

/** Part of the machines that never become READY. */
const lost = 0.01;
/** Steps between two plans. */
const planEvery = 3;
const day = 86_400_000;

/** What a pool decides from. */
export interface SimulatedMoment {
  step: number;
  /** Instances with a user. */
  assigned: number;
}

/**
 * Runs a pool against requests that came. Each takes one instance, and never gives it back.
 * @param wanted READY instances and those on their way, before `hold`
 * @param from the first step that counts: what comes before is what the pool learns from
 */
export function simulate(
  { counts }: Trace,
  wanted: (moment: SimulatedMoment) => number,
  hold: number,
  machines: Machines,
  from: number,
): Simulated {
  const sessionSteps = Math.ceil(machines.session / arrivalStep);
  const holdSteps = Math.ceil(hold / arrivalStep);
  const arriving = new Map<number, number>();
  const failing = new Map<number, number>();
  const held: { step: number; want: number }[] = [];
  let [ready, coming, waiting, assigned, want] = [0, 0, 0, 0, 0];
  let [hits, all, idle, launches, unused] = [0, 0, 0, 0, 0];
  for (const [step, count] of counts.entries()) {
    const isCounted = step >= from;
    const came = arriving.get(step) ?? 0;
    ready += came;
    coming -= came + (failing.get(step) ?? 0);
    arriving.delete(step);
    failing.delete(step);
    const late = Math.min(waiting, ready);
    const served = Math.min(count, ready - late);
    ready -= late + served;
    waiting += count - served - late;
    assigned += count - (counts[step - sessionSteps] ?? 0);
    if (step % planEvery === 0) want = wanted({ step, assigned });
    while ((held.at(-1)?.want ?? Infinity) <= want) held.pop();
    held.push({ step, want });
    while ((held[0]?.step ?? step) <= step - holdSteps) held.shift();
    const highest = Math.max(want, held[0]?.want ?? 0);
    for (let left = want + waiting - ready - coming; left > 0; left--) {
      const isLost = machines.random() < lost;
      const after = isLost ? machines.timeout : leadTime(machines);
      const at = step + Math.max(1, Math.round(after / arrivalStep));
      const due = isLost ? failing : arriving;
      due.set(at, (due.get(at) ?? 0) + 1);
      coming += 1;
      if (isCounted) launches += 1;
    }
    const surplus = Math.min(ready, Math.max(0, ready + coming - waiting - highest));
    ready -= surplus;
    if (!isCounted) continue;
    [hits, all, idle, unused] = [hits + served, all + count, idle + ready + coming, unused + surplus];
  }
  const days = ((counts.length - from) * arrivalStep) / day;
  return {
    hit: all === 0 ? 1 : hits / all,
    idleHoursPerDay: (idle * arrivalStep) / 3_600_000 / days,
    launchesPerDay: launches / days,
    unusedPerDay: unused / days,
  };
}

/** Log-normal, with a tail of three times the median. */
function leadTime({ lead, random }: Machines): number {
  const normal = Array.from({ length: 6 }, random).reduce((sum, each) => sum + each, -3) * Math.SQRT2;
  return Math.max(lead / 4, 0.6 * lead * Math.exp(0.35 * normal));
}

/** What a pool with these settings wants, as its plans do. */
export function wantedBy(trace: Trace, idle: IdleSpec): (moment: SimulatedMoment) => number {
  const { counts, begun } = trace;
  const { lead, quantile, mode } = idle.forecast;
  const recentSteps = recentSpan / arrivalStep;
  const slotSteps = historySlot / arrivalStep;
  const forecastAt = (step: number): { recent: number; history: number } => {
    if (mode === 'off') return { recent: 0, history: 0 };
    const recent = counts.slice(Math.max(0, step + 1 - recentSteps), step + 1);
    const history = historyTimes(begun + step * arrivalStep, lead).map((time) => {
      const at = (time - begun) / arrivalStep;
      return at < 0 ? undefined : counts.slice(at, Math.min(step, at + 2 * slotSteps));
    });
    return forecastOf({ recent, history }, lead, quantile);
  };
  return ({ step, assigned }) => {
    const schedule = scheduledTarget(idle.schedules, new Date(begun + step * arrivalStep));
    const { recent, history } = forecastAt(step);
    const terms = { schedule, announced: 0, recent, history, held: 0 };
    return Math.min(idle.max, unheldOf(targetOf(idle, assigned, terms), idle));
  };
}

/** @param times in milliseconds since the epoch, in any order */
export function traceOf(times: readonly number[]): Trace {
  const sorted = times.toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  const begun = Math.floor(first / historySlot) * historySlot;
  const counts = Array.from({ length: Math.floor((last - begun) / arrivalStep) + 1 }, () => 0);
  for (const time of sorted) {
    const step = Math.floor((time - begun) / arrivalStep);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return { begun, counts };
}
