import { describe, expect, test } from 'vitest';
import type { Recording } from '../../agent/core/replay/recording.ts';
import { compareStart, usedPages, wantedPages } from '../../agent/core/replay/use.ts';

const recording: Recording = {
  version: 1,
  unit: { kind: 'role', role: 'web' },
  recordedAt: '2026-11-21T00:00:00.000Z',
  bakeId: 'bake-1',
  fileSystem: { type: 'ext', uuid: 'u' },
  images: [],
  chunkBytes: 524_288,
  diskOffsetBytes: 0,
  starts: 1,
  source: 'tracefs',
  notes: [],
  chunks: [
    { chunk: 1, frequency: 1 },
    { chunk: 2, frequency: 1 },
  ],
  metadata: [],
  files: [
    { path: '/layer/a', ranges: [[0, 8192]], frequency: 1 },
    { path: '/usr/bin/runc', ranges: [[0, 4096]], frequency: 1 },
  ],
};
const inLayer = (path: string): boolean => path.startsWith('/layer/');
const limits = { chunks: 10, files: 10, ranges: 10 };

test('what is used is read from the trace: calls, mappings and faults of this file system', () => {
  const line = (rest: string): string => `  node-12  [001] .....  41.52: ${rest}`;
  const trace = [
    line('mm_filemap_get_pages: dev=259:1 ino=1f ofs=0-16383'),
    line('mm_filemap_map_pages: dev=259:1 ino=1f ofs=65536-131071'),
    line('mm_filemap_fault: dev=259:1 ino=20 ofs=4096'),
    line('mm_filemap_fault: dev=259:2 ino=20 ofs=4096'),
    line('mm_filemap_add_to_page_cache: dev 259:1 ino 20 pfn=0x1 ofs=4096 order=0'),
    'garbage',
  ].join('\n');
  expect(usedPages(trace, { major: 259, minor: 1 })).toEqual([
    { inode: 0x1f, offset: 0, length: 16_384, isAround: false },
    { inode: 0x1f, offset: 65_536, length: 65_536, isAround: true },
    { inode: 0x20, offset: 4096, length: 4096, isAround: false },
  ]);
});

test('of what is mapped around a page, only what is listed counts, and all of it where nothing is', () => {
  const names = new Map([[1, { path: '/layer/a' }]]);
  const use = (offset: number, length: number, isAround: boolean) => ({ inode: 1, offset, length, isAround });
  const rangesOf = (...uses: Parameters<typeof wantedPages>[0]) =>
    wantedPages(uses, names, recording).map(({ offset, length }) => [offset, length]);
  expect(rangesOf(use(4096, 65_536, true))).toEqual([[4096, 4096]]);
  expect(rangesOf(use(4096, 65_536, false))).toEqual([[4096, 65_536]]);
  expect(rangesOf(use(65_536, 65_536, true))).toEqual([[65_536, 65_536]]);
  expect(rangesOf({ ...use(0, 4096, true), inode: 2 })).toEqual([[0, 4096]]);
});

describe('a start compared with its recording', () => {
  test('counts bytes of images only, each once, and tells all that was missed', () => {
    const seen = {
      chunks: [2, 3, 3],
      fromDisk: [
        { path: '/layer/b', ranges: [[0, 4096]] as const },
        { path: '/opt/agent', ranges: [[0, 100]] as const },
      ],
      used: [
        { path: '/layer/a', ranges: [[0, 4096]] as const },
        { path: '/layer/b', ranges: [[0, 4096]] as const },
        { path: '/usr/bin/runc', ranges: [[0, 4096]] as const },
      ],
    };
    expect(compareStart(recording, seen, inLayer, limits)).toEqual({
      usedBytes: 8192,
      usedListedBytes: 4096,
      listedBytes: 8192,
      missedBytes: 4096,
      missedChunks: [3],
      missedFiles: [
        { path: '/layer/b', ranges: [0, 4096] },
        { path: '/opt/agent', ranges: [0, 100] },
      ],
      leftOut: 0,
    });
  });

  test('where the kernel tells only what came from the disk, what was used is absent', () => {
    const seen = { chunks: [], fromDisk: [], used: undefined };
    const use = compareStart(recording, seen, inLayer, limits);
    expect(use).not.toHaveProperty('usedBytes');
    expect(use).not.toHaveProperty('usedListedBytes');
    expect(use).toMatchObject({ listedBytes: 8192, missedBytes: 0 });
  });

  test('is bounded: the largest files stay, ranges are joined over holes, and what is left out is counted', () => {
    const many = Array.from({ length: 50 }, (_, index) => [index * 8192, 4096] as const);
    const fromDisk = [
      { path: '/layer/small', ranges: [[0, 1]] as const },
      { path: '/layer/large', ranges: many },
    ];
    const use = compareStart(
      recording,
      { chunks: [5, 6, 7], fromDisk, used: undefined },
      inLayer,
      { chunks: 2, files: 1, ranges: 4 },
      9,
    );
    expect(use.missedChunks).toEqual([5, 6]);
    // One range from the first byte to the last: the holes are smaller than what is read at once anyway.
    expect(use.missedFiles).toEqual([{ path: '/layer/large', ranges: [0, 49 * 8192 + 4096] }]);
    expect(use.missedBytes).toBe(50 * 4096 + 1);
    expect(use.leftOut).toBe(9 + 1 + 1);
  });
});
