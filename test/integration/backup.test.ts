import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assign, getAssignment, getInstance } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';

let coordinator: LoneCoordinator;
beforeAll(async () => {
  coordinator = await startLoneCoordinator();
});
afterAll(async () => {
  await coordinator?.close();
});

test('a backup of a running coordinator is restored: what it knows goes on, and what came later is told apart', async () => {
  const store = join(coordinator.directory, 'coordinator.db');
  const saved = join(coordinator.directory, 'saved.db');
  const [first, second] = [
    await readyAgent(coordinator, { role: 'web' }),
    await readyAgent(coordinator, { role: 'api' }),
  ];
  const give = async (user: string, role: string) =>
    (await assign(coordinator.clients, { user, role })).assignment?.assignmentId ?? '';
  const before = await give('alice', 'web');
  // As `sqlite3 ".backup"` does it.
  const running = new DatabaseSync(store, { readOnly: true });
  await backup(running, saved);
  running.close();
  const after = await give('bob', 'api');

  await coordinator.restart('SIGKILL', async () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${store}${suffix}`, { force: true });
    copyFileSync(saved, store);
  });
  const come = async (instanceId: string, role: string, assignmentId: string) =>
    await startSimulatedAgent(coordinator.agents, {
      instanceId,
      role,
      assignmentId,
      observedGeneration: 1,
    });
  const [back] = [await come(first.instanceId, 'web', before), await come(second.instanceId, 'api', after)];

  expect((await getAssignment(coordinator.clients, before)).assignment?.state).toBe(
    'ASSIGNMENT_STATE_SERVING',
  );
  expect(back.checkIn.quarantineReason).toBe('');
  const foreign = await getInstance(coordinator.clients, second.instanceId);
  expect([foreign.state, foreign.reason]).toEqual(['INSTANCE_STATE_QUARANTINED', 'FOREIGN_ASSIGNMENT']);
  await expect(getAssignment(coordinator.clients, after)).rejects.toThrow(`no assignment ${after}`);
  // The restored store goes on.
  await readyAgent(coordinator, { role: 'web' });
  expect(await give('carol', 'web')).toMatch(/^as-/);
});
