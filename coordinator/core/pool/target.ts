import type { IdleSpec } from './pool-spec.ts';

/** How many READY instances a pool wants, and what each part of the answer says. */
export interface Target {
  /** The result. */
  value: number;
  floor: number;
  share: number;
  schedule: number;
  /** The highest target within `hold`. */
  held: number;
  /** `max` of idle instances made it smaller. */
  isCapped: boolean;
}

/**
 * The largest of all terms counts.
 * @param assigned instances that have a user
 * @param schedule what the schedules say now
 * @param held the highest target of the time within which it may not fall; 0 when there is none
 */
export function targetOf(idle: IdleSpec, assigned: number, schedule: number, held: number): Target {
  const floor = idle.target;
  const share = Math.ceil(idle.share * assigned - 1e-9);
  const wanted = Math.max(floor, share, schedule, held);
  const value = Math.min(wanted, idle.max);
  return { value, floor, share, schedule, held, isCapped: value < wanted };
}

/** A target of some moment, on the steady clock. */
export interface PastTarget {
  at: number;
  value: number;
}

/** What is left of past targets within `hold`. */
export function withinHold(past: readonly PastTarget[], hold: number, steady: number): PastTarget[] {
  return past.filter(({ at }) => at > steady - hold);
}
