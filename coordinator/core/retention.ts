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
}

/** A request id is remembered for so long at least, whatever else has to go. */
const shortestInstances = day;
/** Samples and spans that are younger are not removed for their size. */
const shortest = hour;

export const defaultRetentionDays = 30;

/** @param days how long anything is kept; at least 1, since a request id is remembered for a day */
export function retentionOf(days: number): Retention {
  return {
    joins: [
      { after: hour, stretch: minute },
      { after: day, stretch: 15 * minute },
    ],
    samples: days * day,
    timeline: days * day,
    instances: days * day,
  };
}

/** Ever shorter times to keep everything, each nine tenths of the one before: for a store that has become too large. */
export function* shorterThan(retention: Retention): Generator<Retention> {
  for (let kept = retention.timeline * 0.9; ; kept *= 0.9) {
    const time = Math.max(shortest, Math.round(kept));
    yield { ...retention, samples: time, timeline: time, instances: Math.max(shortestInstances, time) };
    if (time === shortest) return;
  }
}
