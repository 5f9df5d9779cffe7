import { expect, test } from 'vitest';
import { runFaults } from '../faults/run.ts';

test('nothing is lost or given twice when coordinators, callers and agents are killed and cut off', async ({
  annotate,
}) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  await annotate(`seed ${seed}`);
  const counts = {
    ...{ coordinator: 3, postgres: 0, callers: 1, agents: 1 },
    ...{ frozenCoordinator: 1, frozenAgents: 0, partition: 1 },
    ...{ listeners: 0, fullDisk: 0 },
  };
  const { signal } = new AbortController();
  const violations = await runFaults({ seed, counts, signal, status: () => {} });
  expect(violations, `with seed ${seed}`).toEqual([]);
});
