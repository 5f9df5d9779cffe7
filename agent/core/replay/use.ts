import { subtractRanges } from './merge.ts';
import type { Recording } from './recording.ts';
import { mergeRanges, type ByteRange, type PageRead } from './trace.ts';

/** Parts of one file; the path is from the root of the file system. */
export interface FilePart {
  path: string;
  ranges: readonly ByteRange[];
}

/** A part of a file that was used. */
export interface PageUse extends PageRead {
  /** The kernel mapped it around the one page that a program wanted. */
  isAround: boolean;
}

const event =
  /: mm_filemap_(get_pages|map_pages|fault): dev=(\d+):(\d+) ino=(?:0x)?([0-9a-f]+) ofs=(\d+)(?:-(\d+))?/;

/**
 * Returns which parts of which inodes were read or mapped, from the disk or from memory, by a trace of the kernel's
 * `mm_filemap_get_pages`, `mm_filemap_map_pages` and `mm_filemap_fault`.
 */
export function usedPages(
  trace: string,
  fileSystem: { major: number; minor: number },
  pageBytes = 4096,
): PageUse[] {
  return trace.split('\n').flatMap((line): PageUse[] => {
    const [, kind, major, minor, inode = '', from, last] = event.exec(line) ?? [];
    if (Number(major) !== fileSystem.major || Number(minor) !== fileSystem.minor) return [];
    const offset = Number(from);
    const length = last === undefined ? pageBytes : Number(last) + 1 - offset;
    const isAround = kind === 'map_pages';
    return length > 0 ? [{ inode: Number.parseInt(inode, 16), offset, length, isAround }] : [];
  });
}

/**
 * Drops pages that the kernel mapped only because they were in memory anyway. Around a listed page, unlisted pages were not read.
 * When nothing around is listed, the page that the program wanted is a miss.
 */
export function wantedPages(
  uses: readonly PageUse[],
  names: ReadonlyMap<number, { path: string }>,
  recording: Recording,
): PageRead[] {
  const listed = new Map(recording.files.map(({ path, ranges }) => [path, ranges]));
  return uses.flatMap((use): PageRead[] => {
    const known = use.isAround ? listed.get(names.get(use.inode)?.path ?? '') : undefined;
    if (known === undefined) return [use];
    const whole: ByteRange = [use.offset, use.length];
    const unlisted = subtractRanges([whole], known);
    const inList = subtractRanges([whole], unlisted);
    return (inList.length === 0 ? [whole] : inList).map(([offset, length]) => ({ ...use, offset, length }));
  });
}

/** What a start read and used, by file name. */
export interface SeenStart {
  /** Chunks that were read from the disk. */
  chunks: readonly number[];
  /** Parts of files that came from the disk. */
  fromDisk: readonly FilePart[];
  /** Parts of files that were used, from disk or memory; undefined where the kernel does not report this. */
  used: readonly FilePart[] | undefined;
}

/** The figures of StartReads in telemetry.proto. */
export interface StartUse {
  usedBytes?: number;
  usedListedBytes?: number;
  listedBytes: number;
  missedBytes: number;
  missedChunks: number[];
  missedFiles: { path: string; ranges: number[] }[];
  leftOut: number;
}

export interface UseLimits {
  chunks: number;
  files: number;
  /** The ranges of one file. */
  ranges: number;
}

/**
 * Compares what a start read with what had been recorded.
 * @param isCounted whether a file counts towards the bytes
 * @param lost number of trace events that the kernel dropped
 */
export function compareStart(
  recording: Recording,
  { chunks, fromDisk, used }: SeenStart,
  isCounted: (path: string) => boolean,
  limits: UseLimits,
  lost = 0,
): StartUse {
  const listed = new Map(recording.files.map(({ path, ranges }) => [path, ranges]));
  const beyond = (part: FilePart): ByteRange[] => subtractRanges(part.ranges, listed.get(part.path) ?? []);
  const counted = (parts: readonly FilePart[]): readonly FilePart[] =>
    parts.filter(({ path }) => isCounted(path));
  const knownChunks = new Set(recording.chunks.map(({ chunk }) => chunk));
  const missedChunks = [...new Set(chunks)].filter((chunk) => !knownChunks.has(chunk));
  const missedFiles = fromDisk
    .map(({ path, ranges }) => ({ path, ranges: beyond({ path, ranges }) }))
    .filter(({ ranges }) => ranges.length > 0)
    .sort((a, b) => sizeOf(b.ranges) - sizeOf(a.ranges));
  const all = used === undefined ? undefined : counted(joined([...used, ...fromDisk]));
  const usedBytes = all?.reduce((sum, { ranges }) => sum + sizeOf(ranges), 0);
  const unlistedBytes = all?.reduce((sum, part) => sum + sizeOf(beyond(part)), 0);
  return {
    ...(usedBytes === undefined || unlistedBytes === undefined
      ? {}
      : { usedBytes, usedListedBytes: usedBytes - unlistedBytes }),
    listedBytes: counted(recording.files).reduce((sum, { ranges }) => sum + sizeOf(ranges), 0),
    missedBytes: counted(missedFiles).reduce((sum, { ranges }) => sum + sizeOf(ranges), 0),
    missedChunks: missedChunks.slice(0, limits.chunks),
    missedFiles: missedFiles.slice(0, limits.files).map(({ path, ranges }) => ({
      path,
      ranges: atMost(ranges, limits.ranges).flat(),
    })),
    leftOut:
      lost +
      Math.max(0, missedChunks.length - limits.chunks) +
      Math.max(0, missedFiles.length - limits.files),
  };
}

function joined(parts: readonly FilePart[]): FilePart[] {
  const byPath = new Map<string, ByteRange[]>();
  for (const { path, ranges } of parts) byPath.set(path, [...(byPath.get(path) ?? []), ...ranges]);
  return [...byPath].map(([path, ranges]) => ({ path, ranges: mergeRanges(ranges) }));
}

function sizeOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, [, length]) => sum + length, 0);
}

/** Joins ranges over ever wider gaps until there are few enough: reading a little too much costs less than reading too late. */
function atMost(ranges: readonly ByteRange[], limit: number): ByteRange[] {
  let few = mergeRanges(ranges);
  for (let hole = 64 * 1024; few.length > limit; hole *= 4) {
    const widened = mergeRanges(few.map(([offset, length]) => [offset, length + hole]));
    const ends = new Map(few.map(([offset, length]) => [offset, offset + length]));
    few = widened.map(([offset, length]) => {
      const inside = [...ends].filter(([start]) => start >= offset && start < offset + length);
      return [offset, Math.max(...inside.map(([, end]) => end)) - offset];
    });
  }
  return few;
}
