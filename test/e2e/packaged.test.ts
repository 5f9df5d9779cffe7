import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected } from '../demo/fleet.ts';
import { firstPage } from '../demo/page.ts';
import { startAgent, startCoordinator } from '../testbed/parbake.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { bootClone } from '../bench/agent.ts';
import { apps } from '../bench/apps.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { untilReady } from '../support/machine-images.ts';
import { packagedAgent } from '../support/packaged-agent.ts';
import { unlessRequired } from '../support/requirement.ts';

const why = unlessRequired(testbedMissing());

/** As its unit starts it: bundled, from a startup snapshot, with the unit's options and environment. */
describe.skipIf(why !== undefined)(`the packaged agent ${why ?? ''}`, () => {
  let testbed: Testbed;

  beforeAll(async () => {
    testbed = await createTestbed();
  });
  afterAll(async () => {
    await testbed?.close();
  });

  test('checks in over TLS, prepares, serves a user, is let go and ends', async () => {
    const [app] = apps;
    if (app === undefined) throw new Error('there is no application');
    const packaged = await packagedAgent(testbed);
    const engine = await bootClone(testbed, app);
    const coordinator = await startCoordinator(testbed);
    await connected(coordinator.clients);
    const agent = startAgent(testbed, engine, coordinator, 'i-packaged', packaged);
    await untilReady(coordinator, 'i-packaged', agent);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const [endpoint] = assignment?.endpoints ?? [];
    await firstPage(endpoint?.host ?? '', endpoint?.port ?? 0, AbortSignal.timeout(60_000));
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor(
      'the release',
      async () => (await getInstance(coordinator.clients, 'i-packaged')).state === 'INSTANCE_STATE_RETIRED',
    );
    await agent.stop();
    expect(agent.ended()).toBe(0);
  });
});
