import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { unlessRequired } from '../support/requirement.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { makePageMachine } from '../support/page-image.ts';
import { launchClone, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

describe.skipIf(missing !== undefined)(`an instance whose disk is full ${missing ?? ''}`, () => {
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

  /** @returns where the agent keeps its state: a disk of its own, of a megabyte */
  async function smallDisk(name: string): Promise<string> {
    const directory = testbed.makeDirectory(`${name}-state`);
    await command('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
    testbed.onClose(() => command('umount', [directory]).then(() => {}));
    return directory;
  }

  let filled = 0;

  /** As a user's container does it. What the agent frees between two calls, the second one takes. */
  function fill(disk: string): void {
    for (let size = 64 * 1024; size > 0; size = Math.floor(size / 2))
      try {
        for (;;) writeFileSync(join(disk, `full-${filled++}`), 'x'.repeat(size));
      } catch {
        // Smaller pieces may still fit.
      }
  }

  async function startInstance(instanceId: string) {
    const engine = await launchClone(testbed, builder, instanceId);
    const disk = await smallDisk(instanceId);
    const start = (): Started =>
      startAgent(testbed, engine, coordinator, instanceId, { options: ['--state-dir', disk] });
    return { engine, disk, start };
  }

  const stateOf = async (instanceId: string) =>
    await getInstance(coordinator.clients, instanceId).catch(() => undefined);

  test('keeps its user, over a restart of the agent too, and lets them go when it is released', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    const { engine, disk, start } = await startInstance(instanceId);
    const first = start();
    await untilReady(coordinator, instanceId, first);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    fill(disk);
    await first.stop('SIGKILL');
    const second = start();
    await waitFor('the agent to be back', async () => {
      if (second.ended() !== undefined) throw new Error(`the agent ended: ${second.log()}`);
      return (
        (await stateOf(instanceId))?.connected === true && second.log().includes('coordinator connected')
      );
    });
    // Its reports still fit into the last block of their file for a while.
    await waitFor('the agent to say that the disk is full', () => {
      fill(disk);
      return second.log().includes('the disk does not take reports');
    });
    const [endpoint] = assignment?.endpoints ?? [];
    expect((await fetch(`http://${endpoint?.host}:${endpoint?.port}/`)).status).toBe(200);
    expect((await stateOf(instanceId))?.state).toBe('INSTANCE_STATE_ASSIGNED');
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the container to be gone', async () => {
      if (second.ended() !== undefined) throw new Error(`the agent ended: ${second.log()}`);
      return (await engine.docker.listContainers({ all: true })).length === 0;
    });
    await waitFor('the coordinator to know', async () => {
      return (await stateOf(instanceId))?.state === 'INSTANCE_STATE_RETIRED';
    });
    // The file that it is stored in was made before.
    expect(second.log()).not.toContain('stopping without a record');
  });

  test('A12: does not join the pool, says why, and joins it once there is room', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    const { disk, start } = await startInstance(instanceId);
    fill(disk);
    const agent = start();
    onTestFailed(async () => console.error(agent.log(), await stateOf(instanceId)));
    const degraded = await waitFor('the instance to say what is in the way', async () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      fill(disk);
      const found = await stateOf(instanceId);
      // What it could not write first: the key of its containers, or its state.
      return /^(DISK_FULL|AGENT_STATE_UNWRITABLE)$/.test(found?.reason ?? '') && found;
    });
    expect(degraded.state).toBe('INSTANCE_STATE_PREPARING');
    expect(degraded.message).toMatch(/^degraded, retrying: .*ENOSPC/);
    for (const name of readdirSync(disk).filter((each) => each.startsWith('full-'))) rmSync(join(disk, name));
    await untilReady(coordinator, instanceId, agent);
    expect((await stateOf(instanceId))?.reason).toBe('');
  });
});
