import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromStatus } from '../../proto/wire/status.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';

describe('an agent that floods the coordinator', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
  });

  afterAll(() => coordinator.close());

  const rowsOf = (sql: string, instanceId: string): number => {
    const store = new DatabaseSync(join(coordinator.directory, 'coordinator.db'), { readOnly: true });
    const row = store.prepare(sql).get(instanceId);
    store.close();
    return Number(row?.['count']);
  };

  test('with states and samples gets what one agent may have, and others are served', async () => {
    const loud = await readyAgent(coordinator, { role: 'loud', instanceId: 'i-loud' });
    for (let count = 0; count < 5; count++) await readyAgent(coordinator, { role: 'web' });
    const begun = performance.now();
    for (let count = 0; count < 4_000; count++) {
      const state = count % 2 === 0 ? 'PREPARATION_STATE_PREPARING' : 'PREPARATION_STATE_READY';
      loud.observe({ preparation: { state } });
    }
    const sample = { startTime: timeOf(Date.now() - 1_000), duration: durationOf(1_000) };
    const streams = ['a', 'b', 'c'].map((bootId) => {
      const stream = coordinator.agents.report();
      stream.on('error', () => {}).resume();
      for (let sequence = 1; sequence <= 20; sequence++)
        stream.write({
          ...{ instanceId: 'i-loud', bootId, sequence },
          samples: Array.from({ length: 1_000 }, () => sample),
        });
      return stream;
    });
    for (const user of ['a', 'b', 'c', 'd', 'e']) {
      const { assignment } = await assign(coordinator.clients, {
        user,
        role: 'web',
        wait: 'WAIT_UNTIL_READY',
      });
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    }
    const events = rowsOf('SELECT count(*) AS count FROM audit WHERE instance_id = ?', 'i-loud');
    const batches = rowsOf('SELECT sum(sequence) AS count FROM report WHERE instance_id = ?', 'i-loud');
    const seconds = (performance.now() - begun) / 1_000;
    // Its burst, and what its rate allows since; those that wait are within what was counted before.
    expect(events).toBeLessThan(70 + 20 * seconds);
    expect(batches).toBeLessThan(22 + seconds / 5);
    for (const stream of streams) stream.cancel();
    loud.cut();
  });

  test('with check-ins is told when to come again', async () => {
    const checkIn = async (): Promise<string> => {
      try {
        const agent = await startSimulatedAgent(coordinator.agents, { instanceId: 'i-again', role: 'loud' });
        agent.cut();
        return 'checked in';
      } catch (cause) {
        return fromStatus(cause).code;
      }
    };
    const outcomes: string[] = [];
    for (let count = 0; count < 40; count++) outcomes.push(await checkIn());
    expect(outcomes).toContain('COORDINATOR_BUSY');
    expect((await getInstance(coordinator.clients, 'i-again')).instanceId).toBe('i-again');
  });
});
