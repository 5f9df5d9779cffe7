import type { StartReads__Output } from '../../proto/gen/parbake/v1/StartReads.ts';

/** How well a recording fits what a start used; see StartReads in telemetry.proto. */
export interface ReadCoverage {
  /** The share of the used bytes that the recording lists, 0 to 1. Absent when nothing was watched or used. */
  recall?: number;
  /** True when the kernel does not tell what was used from memory, so that everything listed counts as used. */
  isRecallBound: boolean;
  /** The share of the listed bytes that was used, 0 to 1. Absent when it is unknown. */
  precision?: number;
}

export function coverageOf(
  reads: Pick<StartReads__Output, 'usedBytes' | 'usedListedBytes' | 'listedBytes' | 'missedBytes'> & {
    /** Why the start was not watched; empty when it was. */
    unwatched: string;
  },
): ReadCoverage {
  const { usedBytes, usedListedBytes, listedBytes, missedBytes } = reads;
  if (reads.unwatched !== '') return { isRecallBound: false };
  if (usedBytes === undefined || usedListedBytes === undefined)
    return { ...share('recall', listedBytes, listedBytes + missedBytes), isRecallBound: true };
  return {
    ...share('recall', usedListedBytes, usedBytes),
    isRecallBound: false,
    ...share('precision', usedListedBytes, listedBytes),
  };
}

function share<K extends string>(key: K, part: number, whole: number): { [P in K]?: number } {
  return (whole === 0 ? {} : { [key]: part / whole }) as { [P in K]?: number };
}

/** The input of `parbake-agent bake --misses`. */
export interface MissesDocument {
  bakeId: string;
  fileSystem: { uuid: string };
  /** `role-NAME`, as recordings are named. */
  unit: string;
  /** Starts that were watched. */
  starts: number;
  chunks: { chunk: number; starts: number }[];
  files: { path: string; ranges: [offset: number, length: number][]; starts: number }[];
}

type Missed = Pick<StartReads__Output, 'bakeId' | 'fileSystemUuid' | 'role' | 'missedChunks' | 'missedFiles'>;

/**
 * Collects what starts of one role and one bake missed: chunks mean nothing on another bake's disk.
 * @param all at least one, of the same role and bake
 */
export function missesOf(all: readonly [Missed, ...Missed[]]): MissesDocument {
  const chunks = new Map<number, number>();
  const files = new Map<string, { ranges: [number, number][]; starts: number }>();
  for (const { missedChunks, missedFiles } of all) {
    for (const chunk of new Set(missedChunks)) chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
    for (const { path, ranges } of missedFiles) {
      const before = files.get(path);
      const more = Array.from({ length: ranges.length / 2 }, (_, index): [number, number] => [
        ranges[2 * index] ?? 0,
        ranges[2 * index + 1] ?? 0,
      ]);
      files.set(path, {
        ranges: merged([...(before?.ranges ?? []), ...more]),
        starts: (before?.starts ?? 0) + 1,
      });
    }
  }
  const [{ bakeId, fileSystemUuid: uuid, role }] = all;
  return {
    bakeId,
    fileSystem: { uuid },
    unit: `role-${role}`,
    starts: all.length,
    chunks: [...chunks].map(([chunk, starts]) => ({ chunk, starts })).sort((a, b) => b.starts - a.starts),
    files: [...files].map(([path, file]) => ({ path, ...file })).sort((a, b) => b.starts - a.starts),
  };
}

/** Sorts ranges by offset, and joins those that touch or overlap. */
function merged(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [offset, length] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && offset <= last[0] + last[1])
      last[1] = Math.max(last[1], offset + length - last[0]);
    else result.push([offset, length]);
  }
  return result;
}
