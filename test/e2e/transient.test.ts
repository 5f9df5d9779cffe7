import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { newestDocker } from '../support/docker-eras.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { buildPageImage } from '../support/page-image.ts';

for (const { name, why, engine: options } of newestDocker)
  describe.skipIf(why !== undefined)(`an agent whose machine has a bad moment, ${name} ${why ?? ''}`, () => {
    let testbed: Testbed;
    let coordinator: Coordinator;
    let builder: Engine;

    beforeAll(async () => {
      testbed = await createTestbed();
      const ref = `${(await testbed.registry()).address}/acme/app:1`;
      builder = await testbed.startEngine(options);
      await buildPageImage(builder, testbed.makeDirectory('app'), ref);
      await pushImage(builder, ref);
      await installGate(builder.root);
      const container = `name: app, image: '${ref}', ports: [8080], ready: { http: { port: 8080 } }`;
      // Only created, so that its port is free until the order.
      const late = `name: late, image: '${ref}', prepare: create, ports: [8081], ready: { http: { port: 8081 } }`;
      const command = `command: [/bin/busybox, httpd, -f, -p, '8081', -h, /www]`;
      const roles = `web: { containers: [{ ${container} }] }, late: { containers: [{ ${late}, ${command} }] }`;
      await makeMachineImage(
        testbed,
        builder,
        `apiVersion: parbake/v1\nimages: ['${ref}']\nroles: { ${roles} }\n`,
        ['--remove-build-cache'],
      );
      coordinator = await startCoordinator(testbed);
    });

    afterAll(async () => {
      await testbed?.close();
    });

    async function untilReason(instanceId: string, agent: Started, part: string): Promise<string> {
      return await waitFor(`${instanceId} to say ${part}`, async () => {
        if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
        const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
        return found?.message.includes(part) === true && `${found.state} ${found.reason} ${found.message}`;
      });
    }

    test('A12: a port that another process holds for a while costs no instance', async () => {
      const instanceId = 'i-0aaaaaaaaaaaaaaa1';
      const engine = await launchClone(testbed, builder, instanceId, options);
      const args = ['httpd', '-f', '-p', '8080', '-h', '/'];
      const holder = engine.startInside('/bin/busybox', args, join(testbed.directory, 'holder.log'));
      testbed.onClose(() => holder.stop());
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      const reason = await untilReason(instanceId, agent, 'address already in use');
      expect(reason).toMatch(/^INSTANCE_STATE_PREPARING DOCKER_FAILED degraded, retrying: /);
      // Often enough that a count of failed starts would give up.
      const tries = (): number => agent.log().split('"step failed"').length - 1;
      await waitFor('several tries', () => tries() >= 5);
      await holder.stop();
      await untilReady(coordinator, instanceId, agent);
      const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
      expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
      await agent.stop();
      await engine.stop();
    });

    test('A12: a port that another process holds at the order costs no instance either', async () => {
      const instanceId = 'i-0aaaaaaaaaaaaaaa2';
      const engine = await launchClone(testbed, builder, instanceId, options);
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      await untilReady(coordinator, instanceId, agent);
      const args = ['httpd', '-f', '-p', '8081', '-h', '/'];
      const holder = engine.startInside('/bin/busybox', args, join(testbed.directory, 'late-holder.log'));
      testbed.onClose(() => holder.stop());
      await waitFor(
        'the port to be held',
        async () => await fetch(`http://${engine.address}:8081/`).catch(() => false),
      );
      const answer = assign(coordinator.clients, { user: 'alice', role: 'late' });
      await waitFor('a failed step', () => /"phase":"run".*"step failed"/.test(agent.log()));
      await holder.stop();
      expect((await answer).assignment).toMatchObject({
        instanceId,
        attempt: 1,
        state: 'ASSIGNMENT_STATE_SERVING',
      });
      await agent.stop();
      await engine.stop();
    });

    test.each([
      ['empty', (): string => ''],
      ['truncated', (text: string): string => text.slice(0, text.length / 2)],
    ])('A14: a state file that is %s leaves the user alone and costs no instance', async (what, broken) => {
      const instanceId = `i-0aaaaaaaaaaa${what}`;
      const engine = await launchClone(testbed, builder, instanceId, options);
      const first = startAgent(testbed, engine, coordinator, instanceId);
      await untilReady(coordinator, instanceId, first);
      const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
      const [before] = await engine.docker.listContainers();
      await first.stop('SIGKILL');
      const file = join(engine.root, 'var/lib/parbake/state.json');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, broken(text));
      const second = startAgent(testbed, engine, coordinator, instanceId);
      await waitFor('the agent to have its order again', () => {
        if (second.ended() !== undefined) throw new Error(`the agent ended: ${second.log()}`);
        return second.log().includes('"SERVING"');
      });
      expect(second.log()).toContain('broken state file moved aside');
      expect(readFileSync(`${file}.broken`, 'utf8')).toBe(broken(text));
      // Until it had its order again, it may have prepared a role beside the user.
      const after = await waitFor('the container of its user alone', async () => {
        const [only, ...others] = await engine.docker.listContainers({ all: true });
        return others.length === 0 && only;
      });
      expect({ id: after.Id, state: after.State }).toEqual({ id: before?.Id, state: 'running' });
      await release(coordinator.clients, assignment?.assignmentId ?? '');
      await waitFor('the container to be gone', async () => {
        return (await engine.docker.listContainers({ all: true })).length === 0;
      });
      await second.stop();
      await engine.stop();
    });

    test('A13: of two machines with one instance id the second is refused, once and not in a storm', async () => {
      const instanceId = 'i-0aaaaaaaaaaaaa13';
      const [first, second] = await Promise.all([
        launchClone(testbed, builder, instanceId, options),
        launchClone(testbed, builder, `${instanceId}-second`, options),
      ]);
      const alive = startAgent(testbed, first, coordinator, instanceId);
      await untilReady(coordinator, instanceId, alive);
      const refused = startAgent(testbed, second, coordinator, instanceId);
      // Both agents write to one log.
      await waitFor('the refusal', () => refused.log().includes(`checked in as ${instanceId}`));
      expect(refused.log()).toMatch(
        new RegExp(`machine ${second.address} .* which is machine ${first.address} `),
      );
      const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
      expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
      expect((await fetch(`http://${first.address}:8080/`)).ok).toBe(true);
      await expect(fetch(`http://${second.address}:8080/`)).rejects.toThrow('fetch failed');
      const refusals = coordinator.process.log().split('INSTANCE_ID_TAKEN').length - 1;
      // Each time the call itself, and once what its operator is told. On a busy machine it may have asked again after 30 s.
      expect(refusals).toBeLessThanOrEqual(4);
      for (const agent of [alive, refused]) await agent.stop();
      for (const engine of [first, second]) await engine.stop();
    });
  });
