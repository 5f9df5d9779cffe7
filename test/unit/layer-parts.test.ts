import { expect, test } from 'vitest';
import { layerParts, pullEndMs } from '../../coordinator/insight/layer-parts.ts';

test('a layer waits for its turn, is fetched, waits for the layers below it, and is extracted', () => {
  const times = { downloadStartMs: 10, downloadMs: 20, extractStartMs: 50, extractMs: 5 };
  expect(layerParts(times)).toEqual([
    { kind: 'wait', from: 0, to: 10 },
    { kind: 'download', from: 10, to: 30 },
    { kind: 'wait', from: 30, to: 50 },
    { kind: 'extract', from: 50, to: 55 },
  ]);
  expect(pullEndMs([times, { extractStartMs: 90, extractMs: 9 }])).toBe(99);
});

test.each([
  ['one that was there', {}, []],
  [
    'one of which it is not known when its parts began',
    { downloadMs: 20, extractMs: 5 },
    [
      { kind: 'download', from: 0, to: 20 },
      { kind: 'extract', from: 20, to: 25 },
    ],
  ],
  [
    'one too small to be seen downloading',
    { extractStartMs: 7, extractMs: 1 },
    [
      { kind: 'wait', from: 0, to: 7 },
      { kind: 'extract', from: 7, to: 8 },
    ],
  ],
  [
    'one whose extraction is said to begin before its download ended',
    { downloadStartMs: 0, downloadMs: 20, extractStartMs: 5, extractMs: 5 },
    [
      { kind: 'download', from: 0, to: 20 },
      { kind: 'extract', from: 20, to: 25 },
    ],
  ],
  ['one of times that cannot be', { downloadStartMs: -5, downloadMs: -1 }, []],
])('%s', (_, times, parts) => {
  expect(layerParts(times)).toEqual(parts);
});
