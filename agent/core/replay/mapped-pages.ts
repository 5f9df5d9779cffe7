import { mergeRanges, type ByteRange } from './trace.ts';

/** Part of a file in a process's memory. */
export interface FileMapping {
  path: string;
  /** Where it is in memory, in bytes. */
  start: number;
  end: number;
  /** Where it begins in the file, in bytes. */
  offset: number;
}

/** Bytes of an entry of `/proc/PID/pagemap`: one for each page of memory. */
export const pagemapEntry = 8;

/**
 * What is read at once, in bytes: as far as the kernel reads ahead by itself, and no more than a quarter of what a volume that is
 * loaded lazily fetches at once.
 */
const blockBytes = 128 * 1024;
/** Blocks of a piece: large enough that few programs have to be started for all of them. */
const pieceBlocks = 8;

/** The files in a process's memory. @param maps of `/proc/PID/maps`, as proc_pid_maps(5) has it */
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
 * The parts of a mapped file that its process has touched, or that the kernel has mapped around those.
 * @param pagemap its entries of `/proc/PID/pagemap`, as proc_pid_pagemap(5) has them
 */
export function presentRanges({ offset }: FileMapping, pagemap: Buffer, pageBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let page = 0; page * pagemapEntry < pagemap.length; page++) {
    const isPresent = pagemap.readUInt8(page * pagemapEntry + pagemapEntry - 1) >= 0x80;
    if (isPresent) ranges.push([offset + page * pageBytes, pageBytes]);
  }
  return mergeRanges(ranges);
}

/** What `read-ahead` takes: a line for each piece, with its first block, how many, and the file. */
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
