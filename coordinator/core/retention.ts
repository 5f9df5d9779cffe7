const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long what instances report is kept. Milliseconds. */
export interface Retention {
  /** Samples that are older than `after` are joined into stretches of `stretch`. */
  joins: readonly { after: number; stretch: number }[];
  /** Samples that are older are removed. */
  samples: number;
  /** Spans and events that are older are removed. */
  timeline: number;
  /**
   * An instance that is over or silent, and what is known of it and its assignments, is removed so long after it was last
   * seen.
   */
  instances: number;
  /** What an attempt used is removed so long after it ended. */
  usage: number;
}

/** A request id is remembered for so long at least, whatever else has to go. */
const shortestInstances = day;
/** Samples and spans that are younger are not removed for their size. */
const shortest = hour;

export const defaultRetentionDays = 30;
/** Thirteen months: a month can be compared with that of the year before. */
export const defaultUsageDays = 400;

/**
 * @param days how long anything is kept; at least 1, since a request id is remembered for a day
 * @param usageDays how long it is kept what attempts used
 */
export function retentionOf(days: number, usageDays = defaultUsageDays): Retention {
  return {
    joins: [
      { after: hour, stretch: minute },
      { after: day, stretch: 15 * minute },
    ],
    samples: days * day,
    timeline: days * day,
    instances: days * day,
    usage: usageDays * day,
  };
}

/** Ever shorter times to keep everything, each nine tenths of the one before: for a store that has become too large. */
export function* shorterThan(retention: Retention): Generator<Retention> {
  for (let kept = retention.timeline * 0.9; ; kept *= 0.9) {
    const time = Math.max(shortest, Math.round(kept));
    const usage = Math.max(shortestInstances, Math.round((retention.usage * time) / retention.timeline));
    yield {
      ...retention,
      samples: time,
      timeline: time,
      instances: Math.max(shortestInstances, time),
      usage,
    };
    if (time === shortest) return;
  }
}
