import { mergeRanges, type ByteRange } from './replay-trace.ts';
import { unitName, type ChunkReads, type FileReads, type Recording } from './replay-recording.ts';

/** What starts read although the recording did not list it. */
export interface Misses {
  /** Of the recording that they were compared with: chunks hold only on the same blocks. */
  bakeId: string;
  fileSystem: { uuid: string };
  /** As `unitName` gives it. */
  unit: string;
  /** How many starts were watched. */
  starts: number;
  chunks: { chunk: number; starts: number }[];
  files: { path: string; ranges: ByteRange[]; starts: number }[];
}

/** How well a list fits what was read: 1 is the best for both, and for lists of nothing. */
export interface Coverage {
  /** What part of what was read had been listed. */
  recall: number;
  /** What part of what had been listed was read. */
  precision: number;
  /** Read and not listed. */
  missed: number[];
}

export function coverage(listed: Iterable<number>, read: Iterable<number>): Coverage {
  const list = new Set(listed);
  const reads = new Set(read);
  const missed = [...reads].filter((chunk) => !list.has(chunk));
  const hits = reads.size - missed.length;
  return {
    recall: reads.size === 0 ? 1 : hits / reads.size,
    precision: list.size === 0 ? 1 : hits / list.size,
    missed,
  };
}

/** What one start read beyond a list, as one more of the starts of `earlier`. */
export function countMisses(
  listed: Recording,
  read: { chunks: readonly number[]; files: readonly { path: string; ranges: readonly ByteRange[] }[] },
  earlier?: Misses,
): Misses {
  const known = new Set(listed.chunks.map(({ chunk }) => chunk));
  const knownFiles = new Map(listed.files.map((file) => [file.path, file.ranges]));
  const chunks = new Map(earlier?.chunks.map(({ chunk, starts }) => [chunk, starts]));
  for (const chunk of new Set(read.chunks))
    if (!known.has(chunk)) chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
  const files = new Map(earlier?.files.map((file) => [file.path, file]));
  for (const { path, ranges } of read.files) {
    const missed = subtractRanges(ranges, knownFiles.get(path) ?? []);
    if (missed.length === 0) continue;
    const before = files.get(path);
    const union = mergeRanges([...(before?.ranges ?? []), ...missed]);
    files.set(path, { path, ranges: union, starts: (before?.starts ?? 0) + 1 });
  }
  return {
    bakeId: listed.bakeId,
    fileSystem: { uuid: listed.fileSystem.uuid },
    unit: unitName(listed.unit),
    starts: (earlier?.starts ?? 0) + 1,
    chunks: [...chunks].map(([chunk, starts]) => ({ chunk, starts })),
    files: [...files.values()],
  };
}

/**
 * One recording of several starts of the same unit on the same file system: everything that any of them read, what most
 * of them read first, and among equals what was read first.
 */
export function mergeRecordings(first: Recording, ...others: readonly Recording[]): Recording {
  const all = [first, ...others];
  const starts = all.reduce((sum, one) => sum + one.starts, 0);
  const chunks = new Map<number, Weighted>();
  const files = new Map<string, Weighted & { ranges: readonly ByteRange[] }>();
  for (const one of all) {
    for (const [place, { chunk, frequency }] of one.chunks.entries())
      chunks.set(chunk, weighted(chunks.get(chunk), frequency * one.starts, place));
    for (const [place, { path, frequency, ranges }] of one.files.entries()) {
      const before = files.get(path);
      files.set(path, {
        ...weighted(before, frequency * one.starts, place),
        ranges: mergeRanges([...(before?.ranges ?? []), ...ranges]),
      });
    }
  }
  return {
    ...first,
    starts,
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
    chunks: byFrequency(chunks).map(([chunk, { weight }]): ChunkReads => ({
      chunk,
      frequency: weight / starts,
    })),
    metadata: mergeRanges(all.flatMap(({ metadata }) => metadata)),
    files: byFrequency(files).map(([path, { weight, ranges }]): FileReads => ({
      path,
      ranges: [...ranges],
      frequency: weight / starts,
    })),
  };
}

/**
 * A new bake's recording with what earlier instances missed: after what it has itself, by frequency. Blocks of another
 * bake mean nothing on this one, so then only files are taken.
 * @param resolveFile where a file of the earlier bake is now; undefined when it is gone
 */
export function addMisses(
  recording: Recording,
  misses: Misses,
  resolveFile: (path: string) => string | undefined,
): Recording {
  if (misses.unit !== unitName(recording.unit) || misses.starts === 0) return recording;
  const isSameDisk =
    misses.bakeId === recording.bakeId && misses.fileSystem.uuid === recording.fileSystem.uuid;
  const known = new Set(recording.chunks.map(({ chunk }) => chunk));
  const frequencyOf = (starts: number): number => Math.min(1, starts / misses.starts);
  const chunks = (isSameDisk ? misses.chunks : [])
    .filter(({ chunk }) => !known.has(chunk))
    .map(({ chunk, starts }) => ({ chunk, frequency: frequencyOf(starts) }));
  const files = new Map(recording.files.map((file) => [file.path, file]));
  for (const miss of [...misses.files].sort((a, b) => b.starts - a.starts)) {
    const path = resolveFile(miss.path);
    if (path === undefined) continue;
    const before = files.get(path);
    const ranges = mergeRanges([...(before?.ranges ?? []), ...miss.ranges]);
    files.set(path, { path, ranges, frequency: before?.frequency ?? frequencyOf(miss.starts) });
  }
  return {
    ...recording,
    chunks: [...recording.chunks, ...chunks.sort((a, b) => b.frequency - a.frequency)],
    files: [...files.values()],
  };
}

/** What of `ranges` is in none of `known`. */
export function subtractRanges(ranges: readonly ByteRange[], known: readonly ByteRange[]): ByteRange[] {
  const holes = mergeRanges(known);
  return mergeRanges(ranges).flatMap(([offset, length]): ByteRange[] => {
    const left: ByteRange[] = [];
    let at = offset;
    for (const [start, size] of holes) {
      if (start > at && start < offset + length) left.push([at, start - at]);
      if (start < offset + length) at = Math.max(at, start + size);
    }
    if (at < offset + length) left.push([at, offset + length - at]);
    return left;
  });
}

interface Weighted {
  /** Starts that read it. */
  weight: number;
  /** Its earliest place in any of the lists. */
  place: number;
}

function weighted(before: Weighted | undefined, weight: number, place: number): Weighted {
  return { weight: (before?.weight ?? 0) + weight, place: Math.min(before?.place ?? place, place) };
}

function byFrequency<K, V extends Weighted>(known: ReadonlyMap<K, V>): [K, V][] {
  return [...known].sort(([, a], [, b]) => b.weight - a.weight || a.place - b.place);
}
