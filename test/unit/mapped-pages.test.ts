import { describe, expect, test } from 'vitest';
import { fileMappings, presentRanges, readAheadList } from '../../agent/core/replay/mapped-pages.ts';

const kib = 1024;

describe('what a process has in its memory', () => {
  test('of files, not of what has none or is deleted', () => {
    const maps = `00400000-00452000 r-xp 00001000 08:02 173521      /usr/lib/parbake/node
00e03000-00e24000 rw-p 00000000 00:00 0           [heap]
35b1800000-35b1820000 r--p 00000000 08:02 135522  /usr/lib/a name with spaces.so
35b1a21000-35b1a22000 rw-p 00000000 08:02 9       /tmp/gone (deleted)
ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0 [vsyscall]
`;
    expect(fileMappings(maps)).toEqual([
      { path: '/usr/lib/parbake/node', start: 0x400000, end: 0x452000, offset: 0x1000 },
      {
        path: '/usr/lib/a name with spaces.so',
        start: 0x35b1800000,
        end: 0x35b1820000,
        offset: 0,
      },
    ]);
  });

  test('by pages of which bit 63 is set, where they are in the file', () => {
    const entries = Buffer.alloc(8 * 5);
    for (const page of [1, 2, 4]) entries.writeBigUInt64LE(0x8180_0000_0001_2345n, page * 8);
    // Swapped, and of a file, but not there.
    entries.writeBigUInt64LE(0x6000_0000_0000_0000n, 3 * 8);
    const mapping = { path: '/a', start: 0x1000, end: 0x6000, offset: 0x10000 };
    expect(presentRanges(mapping, entries, 4096)).toEqual([
      [0x11000, 2 * 4096],
      [0x14000, 4096],
    ]);
  });
});

describe('the list of what is read ahead', () => {
  test('has whole blocks, once, in pieces of at most a MiB', () => {
    const files = new Map([
      [
        '/usr/lib/parbake/node',
        [
          [4096, 4096],
          [127 * kib, 4 * kib],
          [512 * kib, 1200 * kib],
        ] as const,
      ],
      ['/a name with spaces', [[0, 1]] as const],
    ]);
    expect(readAheadList(files)).toBe(`# blocks of 128 KiB: first, count, file
0 2 /usr/lib/parbake/node
4 8 /usr/lib/parbake/node
12 2 /usr/lib/parbake/node
0 1 /a name with spaces
`);
  });
});
