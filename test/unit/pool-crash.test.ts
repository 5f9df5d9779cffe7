import { expect, test } from 'vitest';
import { crashPoints, holdsAt } from '../support/pool-crash-points.ts';

test.each(crashPoints)('a coordinator that dies: $name', async (point) => {
  await expect(holdsAt(point)).resolves.toBeUndefined();
});
