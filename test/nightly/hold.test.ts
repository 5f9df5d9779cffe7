import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign } from '../support/calls.ts';
import { writersOf } from '../support/held-program.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { unlessRequired } from '../support/requirement.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());

/** Serves its order as a page, and prints each time that it has one. */
const script = 'cat "$PARBAKE_ORDER" >/www/index.html && echo ran && exec httpd -f -p 8080 -h /www';

describe.skipIf(missing !== undefined)(`a held application outlives what may happen ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    const ref = `${(await testbed.registry()).address}/acme/held:1`;
    builder = await testbed.startEngine();
    const directory = testbed.makeDirectory('held');
    copyFileSync('/bin/busybox', join(directory, 'busybox'));
    writeFileSync(join(directory, 'index.html'), '');
    writeFileSync(join(directory, 'run.sh'), `${script}\n`);
    const copies = ['busybox /bin/busybox', 'index.html /www/', 'run.sh /'].map((each) => `COPY ${each}`);
    const lines = ['FROM scratch', ...copies, 'CMD ["/bin/busybox", "sh", "/run.sh"]', 'STOPSIGNAL SIGKILL'];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(builder, directory, ref);
    await pushImage(builder, ref);
    await installGate(builder.root);
    const app = `name: app, image: '${ref}', prepare: hold, ports: [8080], ready: { http: { port: 8080 } }`;
    const roles = `roles: { web: { containers: [{ ${app}, user_env: [BIG] }] } }`;
    await makeMachineImage(testbed, builder, `apiVersion: parbake/v1\nimages: ['${ref}']\n${roles}\n`);
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  async function page(engine: Engine): Promise<unknown> {
    return await (await fetch(`http://${engine.address}:8080/`)).json();
  }

  const idsOf = async (engine: Engine) => (await engine.docker.listContainers()).map(({ Id }) => Id);
  const isHeld = (engine: Engine): boolean => {
    const places = join(engine.root, 'run/parbake/hold');
    return readdirSync(places).some((place) => existsSync(join(places, place, 'held')));
  };

  test.each(['SIGTERM', 'SIGKILL'] as const)('Docker, restarted with %s: another is held', async (signal) => {
    const instanceId = signal === 'SIGTERM' ? 'i-0aaaaaaaaaaaaaaaa' : 'i-0bbbbbbbbbbbbbbbb';
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    const before = await idsOf(engine);
    await engine.restart(signal);
    await waitFor('another to be held', async () => {
      const now = await idsOf(engine).catch(() => before);
      return now.length === 1 && now[0] !== before[0] && isHeld(engine);
    });
    await untilReady(coordinator, instanceId, agent);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(await page(engine)).toMatchObject({ user: 'alice' });
  });

  test('its writer, killed: another is held, and served', async () => {
    const instanceId = 'i-0dddddddddddddddd';
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    const before = await idsOf(engine);
    // This agent has not seen it start, and finds out when it has an order for it.
    await agent.stop('SIGKILL');
    const next = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, next);
    const [place = ''] = readdirSync(join(engine.root, 'run/parbake/hold'));
    for (const pid of await writersOf(place)) process.kill(pid, 'SIGKILL');
    const { assignment } = await assign(coordinator.clients, { user: 'carol', role: 'web' });
    expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(await page(engine)).toMatchObject({ user: 'carol' });
    expect(await idsOf(engine)).not.toEqual(before);
  });

  test('an agent, killed at any time of a delivery: the order is given once, and whole', async () => {
    // An order that is larger than a pipe.
    const BIG = 'x'.repeat(90_000);
    const outcomes: string[] = [];
    const pages: unknown[] = [];
    for (const ms of [0, 5, 10, 15, 20, 30, 50, 80]) {
      const instanceId = `i-0ccccccccccccc${String(ms).padStart(3, '0')}`;
      const engine = await launchClone(testbed, builder, instanceId);
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      await untilReady(coordinator, instanceId, agent);
      const answer = assign(coordinator.clients, { user: 'bob', role: 'web', env: { BIG } });
      const outcome = answer.then(
        ({ assignment }) => assignment?.state ?? '',
        // A machine that is too busy to start the agent again within seconds is passed over.
        (cause: unknown) => (String(cause).includes('INSTANCE_SILENT') ? 'passed over' : String(cause)),
      );
      await pause(ms);
      await agent.stop('SIGKILL');
      startAgent(testbed, engine, coordinator, instanceId);
      outcomes.push(await outcome);
      if (outcomes.at(-1) === 'ASSIGNMENT_STATE_SERVING') pages.push(await page(engine));
      const [id = ''] = await idsOf(engine);
      const log = await engine.docker.getContainer(id).logs({ stdout: true });
      expect(log.toString().split('ran').length - 1).toBeLessThanOrEqual(1);
      await engine.stop();
    }
    expect(pages).toEqual(
      pages.map(() => expect.objectContaining({ user: 'bob', variables: { BIG } }) as unknown),
    );
    expect([...new Set(outcomes)].filter((each) => each !== 'passed over')).toEqual([
      'ASSIGNMENT_STATE_SERVING',
    ]);
  });
});
