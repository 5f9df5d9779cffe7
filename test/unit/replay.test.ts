import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileSystemIdentity, superblockBytes } from '../../agent/core/replay/superblock.ts';
import {
  blockReads,
  chunksOf,
  chunkStart,
  filesOf,
  mergeRanges,
  pageReads,
  type ByteRange,
} from '../../agent/core/replay/trace.ts';
import { replayCommand } from '../../agent/replay/command.ts';
import { runCommand } from '../support/run-command.ts';

const trace = `# tracer: nop
#
# entries-in-buffer/entries-written: 7/7   #P:2
            node-4711    [001] d..1.  6310.044001: block_rq_issue: 7,0 RM 4096 () 2056 + 8 none,0,0 [node]
 (weird) [1]-12      [000] d..2.  6310.044100: block_rq_issue: 7,0 RA 131072 () 4096 + 256 be,0,4 [my (app)]
     kworker/0:1-9       [000] d..2.  6310.044200: block_rq_issue: 7,0 WS 4096 () 4096 + 8 none,0,0 [kworker/0:1]
     kworker/0:1-9       [000] d..2.  6310.044201: block_rq_issue: 7,0 FF 0 () 0 + 0 none,0,0 [kworker/0:1]
     kworker/0:1-9       [000] d..2.  6310.044202: block_rq_issue: 7,0 DS 4096 () 8192 + 8 none,0,0 [kworker/0:1]
            node-4711    [001] d..1.  6310.044300: block_rq_issue: 259,0 R 4096 () 2056 + 8 [node]
           <...>-4712    [001] d..1.  6310.044400: block_rq_issue: 7,0 R 8192 () 2048 + 16 [node]
            cat-99      [000] d..2.  6310.044500: mm_filemap_add_to_page_cache: dev 7:0 ino 0xc pfn=0x1042c0 ofs=16384 order=2
            cat-99      [000] d..2.  6310.044501: mm_filemap_add_to_page_cache: dev 7:0 ino d pfn=0x1042c8 ofs=0
            cat-99      [000] d..2.  6310.044502: mm_filemap_add_to_page_cache: dev 7:0 ino 0xc pfn=0x1042c4 ofs=0 order=0
            cat-99      [000] d..2.  6310.044503: mm_filemap_add_to_page_cache: dev 0:5 ino 0xc pfn=0x1042c4 ofs=0 order=0
`;

describe('the trace', () => {
  test('gives the reads of one disk, in order, without writes, flushes and discards', () => {
    const disk = { major: 7, minor: 0, startBytes: 0, sizeBytes: 1e9 };
    expect(blockReads(trace, disk)).toEqual([
      { offset: 2056 * 512, length: 4096, isMetadata: true },
      { offset: 4096 * 512, length: 131_072, isMetadata: false },
      { offset: 2048 * 512, length: 8192, isMetadata: false },
    ]);
  });

  test('of a disk with partitions gives only what lies in the one, from its start', () => {
    const partition = { major: 7, minor: 0, startBytes: 2048 * 512, sizeBytes: 1024 * 512 };
    expect(blockReads(trace, partition).map(({ offset }) => offset)).toEqual([4096, 0]);
  });

  test('of old kernels, without a priority, is understood too', () => {
    const disk = { major: 259, minor: 0, startBytes: 0, sizeBytes: 1e9 };
    expect(blockReads(trace, disk)).toHaveLength(1);
  });

  test('gives what of which file came into memory', () => {
    expect(pageReads(trace, { major: 7, minor: 0 })).toEqual([
      { inode: 12, offset: 16_384, length: 16_384 },
      { inode: 13, offset: 0, length: 4096 },
      { inode: 12, offset: 0, length: 4096 },
    ]);
  });

  test('becomes files in the order of their first read, cut at their end; what has no name is left out', () => {
    const names = new Map([
      [13, { path: '/b', sizeBytes: 100 }],
      [12, { path: '/a', sizeBytes: 20_000 }],
    ]);
    const reads = [...pageReads(trace, { major: 7, minor: 0 }), { inode: 99, offset: 0, length: 4096 }];
    expect(filesOf(reads, names)).toEqual([
      {
        path: '/a',
        ranges: [
          [0, 4096],
          [16_384, 3616],
        ],
      },
      { path: '/b', ranges: [[0, 100]] },
    ]);
  });
});

describe('ranges', () => {
  const anyRanges = fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 300 })), { maxLength: 20 });

  test('merged cover the same bytes, in order, with a gap between any two', () => {
    fc.assert(
      fc.property(anyRanges, (ranges) => {
        const merged = mergeRanges(ranges);
        expect(bytesOf(merged)).toEqual(bytesOf(ranges));
        const gaps = merged.slice(1).map(([offset], index) => {
          const [start, length] = merged[index] ?? [0, 0];
          return offset - start - length;
        });
        expect(gaps.every((gap) => gap > 0)).toBe(true);
      }),
    );
  });

  test('become the chunks they touch, each once, first touched first', () => {
    const aligned = { chunkBytes: 100, diskOffsetBytes: 0 };
    const ranges: ByteRange[] = [
      [350, 10],
      [99, 2],
      [300, 100],
    ];
    expect(chunksOf(ranges, aligned)).toEqual([3, 0, 1]);
  });

  test('of a file system that begins inside a chunk of the disk are those of the disk', () => {
    const shifted = { chunkBytes: 100, diskOffsetBytes: 30 };
    expect(chunksOf([[69, 1]], shifted)).toEqual([0]);
    expect(chunksOf([[70, 1]], shifted)).toEqual([1]);
    expect(chunkStart(0, shifted)).toBe(0);
    expect(chunkStart(1, shifted)).toBe(70);
  });

  test('every chunk begins where its first byte is', () => {
    const anyChunking = fc.record({ chunkBytes: fc.constant(4096), diskOffsetBytes: fc.nat(4095) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), anyChunking, (chunk, chunking) => {
        const start = chunkStart(chunk, chunking);
        expect(chunksOf([[start, 1]], chunking)).toEqual([chunk]);
        expect(chunksOf([[start - 1, 1]], chunking)).toEqual([chunk - 1]);
      }),
    );
  });
});

describe('the superblock', () => {
  const uuid = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
  const text = '01234567-89ab-cdef-0123-456789abcdef';

  test('of ext and of XFS tells the UUID', () => {
    const ext = Buffer.alloc(superblockBytes);
    ext.writeUInt16LE(0xef53, 1024 + 56);
    uuid.copy(ext, 1024 + 104);
    expect(fileSystemIdentity(ext)).toEqual({ type: 'ext', uuid: text });
    const xfs = Buffer.alloc(superblockBytes);
    xfs.write('XFSB');
    uuid.copy(xfs, 32);
    expect(fileSystemIdentity(xfs)).toEqual({ type: 'xfs', uuid: text });
  });

  test('of anything else, or cut off, is not known', () => {
    expect(fileSystemIdentity(Buffer.alloc(superblockBytes))).toBeUndefined();
    expect(fileSystemIdentity(Buffer.alloc(100, 0xff))).toBeUndefined();
  });
});

function bytesOf(ranges: readonly ByteRange[]): number[] {
  const bytes = new Set<number>();
  for (const [offset, length] of ranges) for (let at = offset; at < offset + length; at++) bytes.add(at);
  return [...bytes].sort((a, b) => a - b);
}

test('where nothing was recorded a plan says so, whatever the disk is', async () => {
  const root = mkdtempSync(join(tmpdir(), 'parbake-replay-'));
  try {
    const { exit, stdout } = await runCommand(replayCommand, ['--plan', '--root', root]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'nothing was recorded\n' });
  } finally {
    rmSync(root, { recursive: true });
  }
});
