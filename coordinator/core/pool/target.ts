import type { IdleSpec } from './pool-spec.ts';

/** How many READY instances a pool wants, and what each part of the answer says. */
export interface Target {
  /** The result. */
  value: number;
  floor: number;
  share: number;
  schedule: number;
  /** What callers said will come, and has not come yet. */
  announced: number;
  /** What the last minutes ask for; with the history, 0 without a forecast. */
  recent: number;
  /** What the same time of earlier weeks asks for. */
  history: number;
  /** The highest target within `hold`. */
  held: number;
  /** `max` of idle instances made it smaller. */
  isCapped: boolean;
}

/**
 * The largest of all terms counts.
 * @param assigned instances that have a user
 */
export function targetOf(
  idle: IdleSpec,
  assigned: number,
  now: Pick<Target, 'schedule' | 'announced' | 'recent' | 'history' | 'held'>,
): Target {
  const floor = idle.target;
  const share = Math.ceil(idle.share * assigned - 1e-9);
  const terms = { floor, share, ...now };
  const wanted = Math.max(unheldOf(terms, idle), now.held);
  const value = Math.min(wanted, idle.max);
  return { value, ...terms, isCapped: value < wanted };
}

/** The largest term but for what is held from before. */
export function unheldOf(
  { floor, share, schedule, announced, recent, history }: Omit<Target, 'value' | 'held' | 'isCapped'>,
  { forecast }: Pick<IdleSpec, 'forecast'>,
): number {
  const foreseen = forecast.mode === 'on' ? Math.max(recent, history) : 0;
  return Math.max(floor, share, schedule, announced, foreseen);
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
