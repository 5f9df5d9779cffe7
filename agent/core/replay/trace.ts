/** `[offset, length]` in bytes. */
export type ByteRange = readonly [offset: number, length: number];

/** A disk as the kernel's trace names it, and the part of it that one file system has. */
export interface TracedDevice {
  /** Of the disk that requests are issued to. */
  major: number;
  minor: number;
  /** Where the file system begins on the disk, and how long it is, in bytes. */
  startBytes: number;
  sizeBytes: number;
}

/** One read that the disk was asked for; offset from the start of the file system, in bytes. */
export interface BlockRead {
  offset: number;
  length: number;
  /** The file system's own structures rather than the contents of files. */
  isMetadata: boolean;
}

/** A part of a file that came into memory, in bytes. */
export interface PageRead {
  inode: number;
  offset: number;
  length: number;
}

/** The kernel counts sectors of this many bytes, whatever the disk's are. */
const sectorBytes = 512;

const issued = /: block_rq_issue: (\d+),(\d+) (\S+) \d+ \(.*?\) (\d+) \+ (\d+) /;
const cached =
  /: mm_filemap_add_to_page_cache: dev (\d+):(\d+) ino (?:0x)?([0-9a-f]+) .*?ofs=(\d+)(?: order=(\d+))?/;

/**
 * The reads of one file system in a trace of `block_rq_issue`, in the order in which they were issued. Reads of other
 * disks and partitions, writes, and lines that are no such event are left out.
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

/** What of which inode came into memory, in a trace of `mm_filemap_add_to_page_cache`, in order. */
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

/** Ranges by offset, those that touch or overlap made one. */
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
 * How a disk is divided into what is fetched at once. Chunks begin where the disk's do, and are numbered from the one in
 * which the file system begins.
 */
export interface Chunking {
  chunkBytes: number;
  /** How far into a chunk of the disk the file system begins, in bytes. */
  diskOffsetBytes: number;
}

/** The chunks that ranges touch, each once, in the order in which they are first touched. */
export function chunksOf(ranges: readonly ByteRange[], { chunkBytes, diskOffsetBytes }: Chunking): number[] {
  const chunks = new Set<number>();
  for (const [offset, length] of ranges) {
    const last = Math.floor((offset + length - 1 + diskOffsetBytes) / chunkBytes);
    for (let chunk = Math.floor((offset + diskOffsetBytes) / chunkBytes); chunk <= last; chunk++)
      chunks.add(chunk);
  }
  return [...chunks];
}

/** Where a chunk begins in the file system, in bytes; its first may begin before it. */
export function chunkStart(chunk: number, { chunkBytes, diskOffsetBytes }: Chunking): number {
  return Math.max(0, chunk * chunkBytes - diskOffsetBytes);
}

/** Each file's ranges, files in the order in which they were first read; `pathOf` knows the names of inodes. */
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
