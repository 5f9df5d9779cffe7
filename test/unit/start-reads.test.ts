import { expect, test } from 'vitest';
import { parseMisses } from '../../agent/core/replay/misses.ts';
import { coverageOf, missesOf } from '../../coordinator/insight/start-reads.ts';

const figures = { unwatched: '', listedBytes: 1000, missedBytes: 0 };

test('recall and precision come from what a start used', () => {
  expect(coverageOf({ ...figures, usedBytes: 800, usedListedBytes: 600 })).toEqual({
    recall: 0.75,
    isRecallBound: false,
    precision: 0.6,
  });
});

test('where only misses are known, recall is a bound and precision unknown', () => {
  expect(coverageOf({ ...figures, missedBytes: 250 })).toEqual({ recall: 0.8, isRecallBound: true });
});

test('what was not watched, or used nothing, has no figures', () => {
  expect(coverageOf({ ...figures, unwatched: 'no tracefs' })).toEqual({ isRecallBound: false });
  expect(coverageOf({ ...figures, listedBytes: 0, usedBytes: 0, usedListedBytes: 0 })).toEqual({
    isRecallBound: false,
  });
});

test('misses of several starts become the file that a bake takes, with how many had each', () => {
  const start = { role: 'web', bakeId: 'b', fileSystemUuid: 'u' };
  const misses = missesOf([
    { ...start, missedChunks: [7, 9, 9], missedFiles: [{ path: '/a', ranges: [0, 10, 20, 5] }] },
    {
      ...start,
      missedChunks: [9],
      missedFiles: [
        { path: '/a', ranges: [8, 12] },
        { path: '/b', ranges: [1, 1] },
      ],
    },
  ]);
  expect(misses).toEqual({
    bakeId: 'b',
    fileSystem: { uuid: 'u' },
    unit: 'role-web',
    starts: 2,
    chunks: [
      { chunk: 9, starts: 2 },
      { chunk: 7, starts: 1 },
    ],
    files: [
      { path: '/a', ranges: [[0, 25]], starts: 2 },
      { path: '/b', ranges: [[1, 1]], starts: 1 },
    ],
  });
  expect(parseMisses(JSON.stringify(misses), 'web.json')).toEqual(misses);
});
