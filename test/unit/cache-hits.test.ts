import { expect, test } from 'vitest';
import { imageHits, layerHits, pageCacheHit } from '../../coordinator/insight/cache-hits.ts';

const pulls = [
  { ref: 'a', atBake: true, layers: [{ cached: false }] },
  { ref: 'b', atBake: false, layers: [{ cached: true }, { cached: false }, { cached: true }] },
];

test('an image that was not pulled here was there, however often it was started', () => {
  expect(imageHits([{ image: 'a' }, { image: 'b' }, { image: 'a' }], pulls)).toEqual({ hits: 1, of: 2 });
  expect(imageHits([], pulls)).toEqual({ hits: 0, of: 0 });
});

test('layers count where their image was pulled here', () => {
  expect(layerHits(pulls)).toEqual({ hits: 2, of: 3 });
});

test('what a start used and the disk did not read came from memory', () => {
  const spans = [
    { name: 'prepare', assignmentId: 'as-1', io: { diskReadBytes: 999 } },
    { name: 'assignment', assignmentId: 'as-2', io: { diskReadBytes: 999 } },
    { name: 'assignment', assignmentId: 'as-1', io: { diskReadBytes: 25 } },
    { name: 'assignment', assignmentId: 'as-3', io: null },
  ];
  expect(pageCacheHit({ assignmentId: 'as-1', usedBytes: 100 }, spans)).toBe(0.75);
  // Others read too.
  expect(pageCacheHit({ assignmentId: 'as-1', usedBytes: 10 }, spans)).toBe(0);
  for (const [assignmentId, usedBytes] of [
    ['as-1', undefined],
    ['as-1', 0],
    ['as-3', 100],
    ['as-4', 100],
    ['', 100],
  ] as const)
    expect(pageCacheHit({ assignmentId, usedBytes }, spans)).toBeUndefined();
});
