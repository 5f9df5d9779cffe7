/** `[offset, length]` in bytes. */
export type ByteRange = readonly [offset: number, length: number];

/** A disk as the kernel's trace names it, and the part of it that one file system occupies. */
export interface TracedDevice {
  /** Numbers of the disk that receives the requests. */
  major: number;
  minor: number;
  /** Offset of the file system on the disk and its length, in bytes. */
  startBytes: number;
  sizeBytes: number;
}

/** One read that was issued to the disk. The offset counts from the start of the file system, in bytes. */
export interface BlockRead {
  offset: number;
  length: number;
  /** The file system's own structures rather than the contents of files. */
  isMetadata: boolean;
}

/** A part of a file that was read into memory, in bytes. */
export interface PageRead {
  inode: number;
  offset: number;
  length: number;
}

/** The kernel counts in sectors of this many bytes, whatever the disk uses. */
const sectorBytes = 512;

const issued = /: block_rq_issue: (\d+),(\d+) (\S+) \d+ \(.*?\) (\d+) \+ (\d+) /;
const cached =
  /: mm_filemap_add_to_page_cache: dev (\d+):(\d+) ino (?:0x)?([0-9a-f]+) .*?ofs=(\d+)(?: order=(\d+))?/;

/**
 * Returns the reads of one file system from a trace of `block_rq_issue`, in the order in which they were issued. It skips writes,
 * other disks and partitions, and lines that are not such an event.
 */
export function blockReads(trace: string, device: TracedDevice): BlockRead[] {
  return trace.split('\n').flatMap((line): BlockRead[] => {
    const [, major, minor, kind = '', sector, sectors] = issued.exec(line) ?? [];
    if (Number(major) !== device.major || Number(minor) !== device.minor || !/^F?R/.test(kind)) return [];
    const offset = Number(sector) * sectorBytes - device.startBytes;
    const length = Number(sectors) * sectorBytes;
    if (length === 0 || offset < 0 || offset + length > device.sizeBytes) return [];
    return [{ offset, length, isMetadata: kind.includes('M') }];
  });
}

/** Returns, in order, which parts of which inodes a trace of `mm_filemap_add_to_page_cache` saw coming into memory. */
export function pageReads(
  trace: string,
  fileSystem: { major: number; minor: number },
  pageBytes = 4096,
): PageRead[] {
  return trace.split('\n').flatMap((line): PageRead[] => {
    const [, major, minor, inode = '', offset, order = '0'] = cached.exec(line) ?? [];
    if (Number(major) !== fileSystem.major || Number(minor) !== fileSystem.minor) return [];
    return [
      {
        inode: Number.parseInt(inode, 16),
        offset: Number(offset),
        length: pageBytes * 2 ** Number(order),
      },
    ];
  });
}

/** Sorts ranges by offset and joins those that touch or overlap. */
export function mergeRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: [number, number][] = [];
  for (const [offset, length] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && offset <= last[0] + last[1])
      last[1] = Math.max(last[1], offset + length - last[0]);
    else merged.push([offset, length]);
  }
  return merged;
}

/**
 * How a disk is divided into chunks that are fetched whole. Chunks are aligned to the disk, and chunk 0 is the one in which the file
 * system begins.
 */
export interface Chunking {
  chunkBytes: number;
  /** Offset of the file system in its first chunk, in bytes. */
  diskOffsetBytes: number;
}

/** Returns the chunks that ranges touch, each once, in the order in which they are first touched. */
export function chunksOf(ranges: readonly ByteRange[], { chunkBytes, diskOffsetBytes }: Chunking): number[] {
  const chunks = new Set<number>();
  for (const [offset, length] of ranges) {
    const last = Math.floor((offset + length - 1 + diskOffsetBytes) / chunkBytes);
    for (let chunk = Math.floor((offset + diskOffsetBytes) / chunkBytes); chunk <= last; chunk++)
      chunks.add(chunk);
  }
  return [...chunks];
}

/** Returns the offset of a chunk in the file system, in bytes. The first chunk may begin before the file system. */
export function chunkStart(chunk: number, { chunkBytes, diskOffsetBytes }: Chunking): number {
  return Math.max(0, chunk * chunkBytes - diskOffsetBytes);
}

/** Groups ranges by file, in the order in which the files were first read. `pathOf` knows the names of inodes. */
export function filesOf(
  reads: readonly PageRead[],
  pathOf: ReadonlyMap<number, { path: string; sizeBytes: number }>,
): { path: string; ranges: ByteRange[] }[] {
  const byInode = new Map<number, ByteRange[]>();
  for (const { inode, offset, length } of reads) {
    const ranges = byInode.get(inode);
    if (ranges === undefined) byInode.set(inode, [[offset, length]]);
    else ranges.push([offset, length]);
  }
  return [...byInode].flatMap(([inode, ranges]) => {
    const file = pathOf.get(inode);
    if (file === undefined) return [];
    const inside = ranges.flatMap(([offset, length]): ByteRange[] => {
      const kept = Math.min(length, file.sizeBytes - offset);
      return kept > 0 ? [[offset, kept]] : [];
    });
    return inside.length === 0 ? [] : [{ path: file.path, ranges: mergeRanges(inside) }];
  });
}
