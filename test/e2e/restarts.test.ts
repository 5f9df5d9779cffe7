import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { pushImage } from '../testbed/images.ts';
import { agentProgram, startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance } from '../support/calls.ts';
import { newestDocker } from '../support/docker-eras.ts';
import { launchClone, makeMachineImage } from '../support/machine-images.ts';
import { buildPageImage, pageText } from '../support/page-image.ts';

/** More than may end by themselves one after the other: all end at once when Docker goes. */
const gatedRoles = ['web', 'b', 'c', 'd', 'e'];

for (const { name, why, engine: options } of newestDocker)
  describe.skipIf(why !== undefined)(
    `Docker goes while containers are prepared, ${name} ${why ?? ''}`,
    () => {
      let testbed: Testbed;
      let coordinator: Coordinator;
      let builder: Engine;
      let count = 0;

      beforeAll(async () => {
        testbed = await createTestbed();
        const image = `${(await testbed.registry()).address}/acme/httpd:1`;
        builder = await testbed.startEngine(options);
        await buildPageImage(builder, testbed.makeDirectory('httpd'), image, ['STOPSIGNAL SIGKILL']);
        await pushImage(builder, image);
        await installGate(builder.root);
        const app = `name: app, image: '${image}', ready: { http: { port: 8080 } }`;
        const gated = gatedRoles.map((role) => {
          const ports = role === 'web' ? ', ports: [8080]' : '';
          return `  ${role}: { containers: [{ ${app}${ports} }] }\n`;
        });
        await makeMachineImage(
          testbed,
          builder,
          `apiVersion: parbake/v1
images: ['${image}']
roles:
${gated.join('')}  early: { containers: [{ ${app}, prepare: pause }] }
`,
        );
        coordinator = await startCoordinator(testbed);
      });

      afterAll(async () => {
        await testbed?.close();
      });

      async function startInstance(isLive: boolean) {
        const instanceId = `i-${String(++count).padStart(17, '0')}`;
        const settings = { 'live-restore': isLive };
        const engine = await launchClone(testbed, builder, instanceId, { ...options, settings });
        const agent = startAgent(testbed, engine, coordinator, instanceId);
        return { instanceId, engine, agent };
      }

      /** Of each role, its container and whether it is as prepared as it should be, once all are. */
      async function prepared(engine: Engine, agent: Started): Promise<Map<string, string>> {
        return await waitFor('all roles to be prepared', async () => {
          if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
          const socket = join(engine.root, 'run/parbake/agent.sock');
          const text = await command(process.execPath, [
            agentProgram,
            'status',
            '--json',
            '--socket',
            socket,
          ]).catch(() => '{}');
          const status = JSON.parse(text) as Record<string, unknown>;
          if (status['preparation'] === 'FAILED') throw new Error(String(status['preparation_error']));
          if (status['preparation'] !== 'READY') return undefined;
          const listed = await engine.docker.listContainers({ all: true });
          const wanted = (role: string | undefined) => (role === 'early' ? 'paused' : 'running');
          if (listed.some(({ State, Labels }) => State !== wanted(Labels['dev.parbake.role'])))
            return undefined;
          const all = new Map(listed.map(({ Id, Labels }) => [Labels['dev.parbake.role'] ?? '', Id]));
          return all.size === gatedRoles.length + 1 && listed.length === all.size ? all : undefined;
        });
      }

      async function ready(instanceId: string): Promise<void> {
        await waitFor(`${instanceId} to be ready`, async () => {
          const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
          return found?.state === 'INSTANCE_STATE_READY';
        });
      }

      test.each([
        ['kept running', true, 'early'],
        ['stopped with it', false, 'web'],
      ])(
        'containers that are %s (live-restore %s) serve their user afterwards: role %s',
        async (_, isLive, role) => {
          const { instanceId, engine, agent } = await startInstance(isLive);
          let before = await prepared(engine, agent);
          for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
            await engine.restart(signal);
            // Whatever the agent saw of it, it looks again by itself.
            const after = await waitFor('what is prepared to settle', async () => {
              const now = await prepared(engine, agent);
              const isSame = [...now].filter(([each, id]) => before.get(each) === id).length;
              return isLive ? (isSame === now.size ? now : undefined) : isSame === 0 ? now : undefined;
            });
            expect([...after.keys()].sort()).toEqual([...gatedRoles, 'early'].sort());
            before = after;
          }
          await ready(instanceId);
          const { assignment } = await assign(coordinator.clients, { user: 'alice', role });
          expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
          const containers = await engine.docker.listContainers();
          const serving = containers.find(({ Labels }) => Labels['dev.parbake.role'] === role);
          expect(serving?.Id).toBe(before.get(role));
          const address = Object.values(serving?.NetworkSettings.Networks ?? {})[0]?.IPAddress ?? '';
          const args = [`--net=/run/netns/${engine.namespace}`, '/bin/busybox', 'wget', '-q', '-O', '-'];
          expect(await command('nsenter', [...args, `http://${address}:8080/`])).toBe(pageText);
          await agent.stop();
          await engine.stop();
        },
      );
    },
  );
