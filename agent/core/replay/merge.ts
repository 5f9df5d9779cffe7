import { mergeRanges, type ByteRange } from './trace.ts';
import type { ChunkReads, FileReads, Recording } from './recording.ts';

/** How well a list fits what was read. Both figures are 1 at best, and for empty lists. */
export interface Coverage {
  /** Share of what was read that had been listed. */
  recall: number;
  /** Share of what had been listed that was read. */
  precision: number;
  /** What was read although it was not listed. */
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

/**
 * Merges recordings of several starts of one unit on one file system. The result has everything that any of them read: what most
 * starts read comes first, and among equals what was read first.
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

/** Returns the parts of `ranges` that are in none of `known`. */
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
  /** The starts that read it. */
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
