/** Milliseconds in which arrivals are counted together. */
export const arrivalStep = 10_000;
/** Milliseconds of arrivals that the recent rate and its spread are taken from. */
export const recentSpan = 2 * 3_600_000;
/** Milliseconds of one slot of the history. */
export const historySlot = 300_000;

const day = 86_400_000;
const week = 7 * day;
/** Weeks of the history that are looked at. */
const weeks = 4;

/** Milliseconds over which the rate is weighted, and the shortest time that counts alone when it is higher. */
const rateSpans = { weighted: 600_000, last: 120_000 };
/** A spread wider than this is more than chance: Poisson has 1. */
const dispersionBounds = { poisson: 1.05, max: 20 };
/** Horizons without which the spread of arrivals says nothing. */
const minHorizons = 12;

/** Machines of one pool at most. */
const maxLevel = 100_000;

/** Requests for the roles of a pool, as they came in steps of `arrivalStep`. */
export interface Demand {
  /** Arrivals in the last `recentSpan`, oldest first. */
  recent: readonly number[];
  /** Arrivals in one slot and its neighbour at each time that `historyTimes` names; undefined before there was a store. */
  history: readonly (readonly number[] | undefined)[];
}

export interface Forecast {
  /** READY instances that the rate of the last minutes asks for. */
  recent: number;
  /** The same for the same time in earlier weeks. */
  history: number;
  ratePerMinute: number;
  /** Variance of arrivals in one lead time over their mean: 1 for independent ones. */
  dispersion: number;
}

/**
 * How many READY instances last for one lead time, since what is taken comes back after that: the order-up-to level of
 * inventory theory.
 * @param lead milliseconds from a launch to READY
 * @param quantile part of lead times in which nobody has to wait, below 1
 */
export function forecastOf({ recent, history }: Demand, lead: number, quantile: number): Forecast {
  const rate = rateOf(recent);
  const dispersion = dispersionOf(recent, stepsOf(lead));
  const peaks = history.map((counts) => (counts === undefined ? undefined : peakOf(counts, stepsOf(lead))));
  return {
    recent: levelOf(rate * lead, dispersion, quantile),
    history: historicalPeak(peaks),
    ratePerMinute: rate * 60_000,
    dispersion,
  };
}

/** The beginnings of the slots that a forecast compares: the same time in earlier weeks, then that of yesterday. */
export function historyTimes(now: number, lead: number): number[] {
  const then = now + lead;
  const times = [...Array.from({ length: weeks }, (_, index) => then - (index + 1) * week), then - day];
  return times.map((time) => Math.floor(time / historySlot) * historySlot);
}

/** The median of the weeks that there are, or the larger of two; yesterday where there is no week. */
function historicalPeak(peaks: readonly (number | undefined)[]): number {
  const known = peaks.slice(0, weeks).filter((peak) => peak !== undefined);
  if (known.length === 0) return peaks[weeks] ?? 0;
  return known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
}

function stepsOf(lead: number): number {
  return Math.max(1, Math.ceil(lead / arrivalStep));
}

/** Arrivals a millisecond: weighted over minutes, or those of the last ones when they are more. */
function rateOf(counts: readonly number[]): number {
  const weight = 1 - Math.exp(-arrivalStep / rateSpans.weighted);
  const weighted = counts.reduce((rate, count) => rate + weight * (count / arrivalStep - rate), 0);
  const last = counts.slice(-rateSpans.last / arrivalStep).reduce((sum, count) => sum + count, 0);
  return Math.max(weighted, last / rateSpans.last);
}

function dispersionOf(counts: readonly number[], steps: number): number {
  const sums: number[] = [];
  for (let at = counts.length % steps; at < counts.length; at += steps)
    sums.push(counts.slice(at, at + steps).reduce((sum, count) => sum + count, 0));
  if (sums.length < minHorizons) return 1;
  const mean = sums.reduce((sum, each) => sum + each, 0) / sums.length;
  if (mean < 0.05) return 1;
  const variance = sums.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (sums.length - 1);
  return Math.min(dispersionBounds.max, Math.max(1, variance / mean));
}

/** The most that came in any lead time. */
function peakOf(counts: readonly number[], steps: number): number {
  let [sum, most] = [0, 0];
  for (const [at, count] of counts.entries()) {
    sum += count - (counts[at - steps] ?? 0);
    most = Math.max(most, sum);
  }
  return most;
}

/** The smallest n for which no more than n come with the probability q: Poisson, or negative binomial when it spreads wider. */
function levelOf(mean: number, dispersion: number, quantile: number): number {
  if (mean <= 0) return 0;
  const isPoisson = dispersion <= dispersionBounds.poisson;
  const size = mean / (dispersion - 1);
  let chance = isPoisson ? Math.exp(-mean) : dispersion ** -size;
  // Near what a number can hold it has few digits, and the sum would never get anywhere: the normal distribution is close.
  if (chance < 1e-300) return Math.ceil(mean + 3 * Math.sqrt(mean * dispersion));
  let [level, sum] = [0, chance];
  while (sum < quantile && level < maxLevel) {
    level += 1;
    chance *= isPoisson ? mean / level : ((size + level - 1) / level) * (1 - 1 / dispersion);
    sum += chance;
  }
  return level;
}
