import { expect, test } from 'vitest';
import { backoff } from '../../proto/process/backoff.ts';

test('tries wait longer and longer, up to half a minute, anywhere below the bound', () => {
  expect([0, 1, 2, 6, 40].map((failures) => backoff(failures, 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  expect(backoff(3, 0)).toBe(0);
});
