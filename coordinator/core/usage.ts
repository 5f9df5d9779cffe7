import type { Sample, SampleFigures } from './sample.ts';

/** Figures that add up over an assignment. */
const added = [
  'cpuMs',
  'diskReadBytes',
  'diskWriteBytes',
  'networkReceiveBytes',
  'networkTransmitBytes',
] as const satisfies readonly (keyof SampleFigures)[];

/** What the containers of an assignment used. A figure is absent when no sample had it. */
export type UsedFigures = Pick<SampleFigures, (typeof added)[number] | 'memoryBytes'>;

export interface Used extends UsedFigures {
  /** How much time samples cover, in milliseconds. */
  sampledMs: number;
}

/** The stretch of an instance's time that an attempt has, on the coordinator's clock. Milliseconds since the epoch. */
export interface UsedTime {
  role: string;
  from: number;
  to: number;
}

/**
 * What samples say about an attempt. A sample counts as a whole, when its middle lies in the attempt's time.
 * @param samples of one instance, on its own clock
 * @param offsetMs to add to a time of the instance to have it on the coordinator's clock
 * @returns undefined when no sample counts
 */
export function usedIn(
  samples: readonly Sample[],
  { role, from, to }: UsedTime,
  offsetMs: number,
): Used | undefined {
  const counting = samples
    .filter(({ startMs, intervalMs }) => {
      const middle = startMs + intervalMs / 2 + offsetMs;
      return middle >= from && middle <= to;
    })
    .toSorted((a, b) => endOf(a) - endOf(b));
  if (counting.length === 0) return undefined;
  const ofHost = counting.filter(({ container }) => container === '');
  const ofRole = counting.filter(({ container }) => container.startsWith(`${role}/`));
  const used: Used = { sampledMs: ofHost.reduce((sum, { intervalMs }) => sum + intervalMs, 0) };
  for (const sample of ofRole)
    for (const key of added) {
      const value = sample[key];
      if (value !== undefined) used[key] = (used[key] ?? 0) + value;
    }
  const memoryBytes = peakMemory(ofRole);
  return memoryBytes === undefined ? used : { ...used, memoryBytes };
}

/** Adds what two stretches of time used; of memory it is the higher peak. */
export function usedTogether(one: Used, other: Used): Used {
  const both: Used = { sampledMs: one.sampledMs + other.sampledMs };
  for (const key of added) {
    const values = [one[key], other[key]].filter((value) => value !== undefined);
    if (values.length > 0) both[key] = values.reduce((sum, value) => sum + value, 0);
  }
  const peaks = [one.memoryBytes, other.memoryBytes].filter((value) => value !== undefined);
  if (peaks.length > 0) both.memoryBytes = Math.max(...peaks);
  return both;
}

/**
 * The highest sum of what containers had at a time. Their samples end one after the other, so each counts until its next.
 * @param samples by their end
 */
function peakMemory(samples: readonly Sample[]): number | undefined {
  const latest = new Map<string, number>();
  let peak: number | undefined;
  for (const { container, memoryBytes } of samples) {
    if (memoryBytes === undefined) continue;
    latest.set(container, memoryBytes);
    const sum = [...latest.values()].reduce((total, each) => total + each, 0);
    peak = Math.max(peak ?? 0, sum);
  }
  return peak;
}

function endOf({ startMs, intervalMs }: Sample): number {
  return startMs + intervalMs;
}
