import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { assign, getAssignment, getInstance, getTimeline, release } from '../support/calls.ts';
import { launchClone, untilReady } from '../support/machine-images.ts';
import { makePageMachine } from '../support/page-image.ts';
import type { Engine } from '../testbed/engine.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { unlessRequired } from '../support/requirement.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());
const clock = join(import.meta.dirname, '../support/jumping-clock.mjs');
const hours = 3_600_000;

describe.skipIf(missing !== undefined)(`an instance whose clock jumps ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    builder = await makePageMachine(testbed);
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  test.each([
    ['ahead', 2 * hours],
    ['back', -2 * hours],
  ])(
    'two hours %s serves its user and lets them go, and its times stay those of a clock',
    async (way, jump) => {
      const instanceId = `i-0aaaaaaaaaaaa${way}`;
      const offset = join(testbed.makeDirectory(`clock-${way}`), 'ms');
      writeFileSync(offset, '0');
      const engine = await launchClone(testbed, builder, instanceId);
      const agent = startAgent(testbed, engine, coordinator, instanceId, {
        nodeOptions: ['--import', clock],
        env: { TEST_CLOCK_OFFSET: offset },
      });
      onTestFailed(() => console.error(agent.log()));
      await untilReady(coordinator, instanceId, agent);
      const { clients } = coordinator;

      writeFileSync(offset, String(jump));
      const { assignment } = await assign(clients, { user: 'alice', role: 'web' });
      const assignmentId = assignment?.assignmentId ?? '';
      expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
      const [endpoint] = assignment?.endpoints ?? [];
      expect((await fetch(`http://${endpoint?.host}:${endpoint?.port}/`)).status).toBe(200);

      const line =
        agent
          .log()
          .split('\n')
          .find((each) => each.includes('"SERVING"')) ?? '';
      const { time } = JSON.parse(line) as { time: string };
      expect(Math.abs(Date.parse(time) - Date.now() - jump)).toBeLessThan(hours / 2);

      // Back to where it was while the user is served.
      writeFileSync(offset, '0');
      await release(clients, assignmentId);
      await waitFor('the instance to be retired', async () => {
        if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
        return (await getInstance(clients, instanceId)).state === 'INSTANCE_STATE_RETIRED';
      });
      expect(await engine.docker.listContainers({ all: true })).toEqual([]);
      expect(agent.log()).not.toContain('lost the coordinator');

      const { assignment: ended } = await getAssignment(clients, assignmentId);
      const { timings } = ended ?? {};
      for (const step of [timings?.claimed, timings?.delivered, timings?.started, timings?.ready]) {
        expect(millisecondsOf(step ?? null)).toBeGreaterThanOrEqual(0);
        expect(millisecondsOf(step ?? null)).toBeLessThan(60_000);
      }
      expect(ended?.attempts).toHaveLength(1);
      const spans = await waitFor('the spans of the order', async () => {
        const { spans: all } = await getTimeline(clients, instanceId);
        const own = all.filter((span) => span.assignmentId === assignmentId);
        return own.some(({ name }) => name === 'container.ready') && own;
      });
      for (const { startUnixNs, endUnixNs } of spans) {
        expect(endUnixNs).toBeGreaterThanOrEqual(startUnixNs);
        expect(endUnixNs - startUnixNs).toBeLessThan(60e9);
      }
    },
  );
});
