/** Figures that are counted: two stretches together have the sum. See Sample in telemetry.proto. */
export const counted = [
  'diskReadBytes',
  'diskWriteBytes',
  'diskReadOperations',
  'diskWriteOperations',
  'networkReceiveBytes',
  'networkTransmitBytes',
  'cpuMs',
  'ioStallMs',
] as const;
/** Figures that are a level at the end: two stretches together have the higher one, since people look for peaks. */
export const levels = ['memoryBytes', 'pageCacheBytes'] as const;

/** Absent where they could not be read. */
export type SampleFigures = Partial<Record<(typeof counted)[number] | (typeof levels)[number], number>>;

export interface Sample extends SampleFigures {
  /** ROLE/NAME; empty for the host. */
  container: string;
  /** Milliseconds since the epoch. */
  startMs: number;
  intervalMs: number;
}

/**
 * Joins neighbours of one container until there are at most `limit`.
 * @param samples by container and time
 */
export function thinned(samples: readonly Sample[], limit: number): Sample[] {
  const byContainer = Map.groupBy(samples, ({ container }) => container);
  return [...byContainer.values()].flatMap((each) => {
    const together = Math.ceil(each.length / limit);
    if (together <= 1) return each;
    return Array.from({ length: Math.ceil(each.length / together) }, (_, index) =>
      joined(each.slice(index * together, (index + 1) * together)),
    );
  });
}

/**
 * Joins samples into one for each stretch of time that has any.
 * @param samples of one container, in any order
 * @param stretchMs stretches begin at multiples of it. Milliseconds
 * @returns by time; each begins where its first sample did
 */
export function joinedBy(samples: readonly Sample[], stretchMs: number): Sample[] {
  const stretches = Map.groupBy(samples, ({ startMs }) => Math.floor(startMs / stretchMs));
  return [...stretches.values()].map(joined).sort((a, b) => a.startMs - b.startMs);
}

/** @param samples at least one */
function joined(samples: readonly Sample[]): Sample {
  const [first, ...rest] = samples;
  if (first === undefined) throw new RangeError('nothing to join');
  const sum = { ...first };
  for (const next of rest) {
    sum.startMs = Math.min(sum.startMs, next.startMs);
    sum.intervalMs += next.intervalMs;
    for (const key of counted) assign(sum, key, add(sum[key], next[key]));
    for (const key of levels) assign(sum, key, highest(sum[key], next[key]));
  }
  return sum;
}

function assign(sample: Sample, key: keyof SampleFigures, value: number | undefined): void {
  if (value !== undefined) sample[key] = value;
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : Math.max(a, b ?? a);
}
