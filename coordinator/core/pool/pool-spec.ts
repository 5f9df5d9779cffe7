import type { Disk, Market, Offering } from './provider.ts';

/** What an operator wants of a pool, with every default filled in. Lengths of time are milliseconds. */
export interface PoolSpec {
  name: string;
  imageId: string;
  /** Roles whose waiting requests count as demand; empty: those that the pool's instances offer. */
  roles: readonly string[];
  idle: IdleSpec;
  /** Machines that may be alive or perhaps alive at once, with those that have a user. */
  max: number;
  launchesPerHour: number;
  launch: LaunchSpec;
  replace: ReplaceSpec;
}

export interface IdleSpec {
  /** READY instances that are always wanted. */
  target: number;
  /** Part of the assigned instances, 0 to 1; the larger of both counts. */
  share: number;
  /** READY instances and those on their way. */
  max: number;
  /** The target falls only to its highest value in this time. */
  hold: number;
  forecast: ForecastSpec;
  schedules: readonly Schedule[];
}

export const forecastModes = ['off', 'watch', 'on'] as const;

/** How many READY instances past demand asks for. */
export interface ForecastSpec {
  /** `watch` shows the forecast without counting it. */
  mode: (typeof forecastModes)[number];
  /** Part of lead times in which nobody has to wait, below 1. */
  quantile: number;
  /** The time from a launch to READY. */
  lead: number;
}

export const noForecast: ForecastSpec = { mode: 'off', quantile: 0.99, lead: 100_000 };

/** A time of the week with a target of its own. */
export interface Schedule {
  /** 0 is Sunday. */
  days: readonly number[];
  /** Minutes after midnight; `until` may be on the next day. */
  from: number;
  until: number;
  /** An IANA name, such as `Europe/Berlin`. */
  timeZone: string;
  target: number;
}

export interface OfferingSpec {
  market: Market;
  instanceTypes: readonly string[];
  /** Spot: the part of the pool's machines that it should be, 0 to 1. Absent: the first that can be had is taken. */
  share?: number;
}

export interface LaunchSpec {
  /** The most preferred comes first. */
  offerings: readonly OfferingSpec[];
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  instanceProfile: string;
  disk?: Disk;
  tags: Readonly<Record<string, string>>;
  /** The operator's own part of the user data. */
  userData: string;
}

export interface ReplaceSpec {
  /** An unassigned machine that is older is replaced. */
  maxAge: number;
  /** Machines above the target while others are replaced, as a part of it, 0 to 1; at least one. */
  surge: number;
  /** How long a machine may take from its launch to its check-in. */
  bootTimeout: number;
  /** How long a machine may take from its check-in to READY. */
  prepareTimeout: number;
  /** QUARANTINED machines that are kept to be looked at; older ones make room. */
  maxQuarantined: number;
  /** Part of `max` that it is raised by for silent machines, 0 to 1: they may be dead, and must not keep a pool empty. */
  maxSilent: number;
}

export const usualMaxSilent = 0.2;

/** What a machine is made from: one with other parts is outdated. */
export function launchParts({ imageId, launch }: PoolSpec): string {
  // How many of each are bought changes none of them.
  const offerings = launch.offerings.map(({ market, instanceTypes }) => ({ market, instanceTypes }));
  return JSON.stringify([imageId, { ...launch, offerings }]);
}

/** Every place that the pool may launch in, in order of preference. */
export function offeringsOf({ launch }: Pick<PoolSpec, 'launch'>): Offering[][] {
  return launch.offerings.flatMap(({ market, instanceTypes }) =>
    instanceTypes.map((instanceType) =>
      launch.subnetIds.map((subnetId) => ({ market, instanceType, subnetId })),
    ),
  );
}

/** The highest target of the schedules that hold now; 0 when none does. */
export function scheduledTarget(schedules: readonly Schedule[], now: Date): number {
  return Math.max(0, ...schedules.filter((each) => holds(each, now)).map(({ target }) => target));
}

function holds({ days, from, until, timeZone }: Schedule, now: Date): boolean {
  const { day, minute } = localTime(now, timeZone);
  if (from < until) return days.includes(day) && minute >= from && minute < until;
  // It began yesterday and goes on past midnight.
  const yesterday = (day + 6) % 7;
  return (days.includes(day) && minute >= from) || (days.includes(yesterday) && minute < until);
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function localTime(now: Date, timeZone: string): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return {
    day: weekdays.indexOf(part('weekday')),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
