import { mergeRanges, type ByteRange } from './trace.ts';

/** Part of a file in a process's memory. */
export interface FileMapping {
  path: string;
  /** Its address in memory, in bytes. */
  start: number;
  end: number;
  /** Its offset in the file, in bytes. */
  offset: number;
}

/** Size of an entry of `/proc/PID/pagemap`, in bytes. There is one for each page of memory. */
export const pagemapEntry = 8;

/**
 * Size of one read, in bytes: as far as the kernel reads ahead by itself, and at most a quarter of what a lazily loaded volume
 * fetches at once.
 */
const blockBytes = 128 * 1024;
/** Number of blocks in a piece. It is large so that few programs have to be started to read all pieces. */
const pieceBlocks = 8;

/** Lists the files in a process's memory. @param maps the text of `/proc/PID/maps`, see proc_pid_maps(5) */
export function fileMappings(maps: string): FileMapping[] {
  return maps.split('\n').flatMap((line) => {
    const match = /^([\da-f]+)-([\da-f]+) \S+ ([\da-f]+) \S+ [1-9]\d* +(\/.*)$/.exec(line);
    if (match === null || line.endsWith(' (deleted)')) return [];
    const [start, end, offset] = match.slice(1, 4).map((digits) => Number.parseInt(digits, 16)) as [
      number,
      number,
      number,
    ];
    return [{ path: match[4] ?? '', start, end, offset }];
  });
}

/**
 * Finds the parts of a mapped file that its process has touched, and what the kernel has mapped around them.
 * @param pagemap the file's entries of `/proc/PID/pagemap`, see proc_pid_pagemap(5)
 */
export function presentRanges({ offset }: FileMapping, pagemap: Buffer, pageBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let page = 0; page * pagemapEntry < pagemap.length; page++) {
    const isPresent = pagemap.readUInt8(page * pagemapEntry + pagemapEntry - 1) >= 0x80;
    if (isPresent) ranges.push([offset + page * pageBytes, pageBytes]);
  }
  return mergeRanges(ranges);
}

/** The input of `read-ahead`: a line for each piece, with its first block, the number of blocks, and the file. */
export function readAheadList(files: ReadonlyMap<string, readonly ByteRange[]>): string {
  const lines = [`# blocks of ${blockBytes / 1024} KiB: first, count, file`];
  for (const [path, ranges] of files) {
    const whole = ranges.map(([offset, length]): ByteRange => {
      const first = Math.floor(offset / blockBytes);
      return [first, Math.ceil((offset + length) / blockBytes) - first];
    });
    for (const [first, count] of mergeRanges(whole))
      for (let at = first; at < first + count; at += pieceBlocks)
        lines.push(`${at} ${Math.min(pieceBlocks, first + count - at)} ${path}`);
  }
  return `${lines.join('\n')}\n`;
}
