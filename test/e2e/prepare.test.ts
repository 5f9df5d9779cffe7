import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatePath } from '../../agent/gate/places.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, getTimeline, release } from '../support/calls.ts';
import { newestDocker } from '../support/docker-eras.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

for (const { name, why, engine: options } of newestDocker)
  describe.skipIf(why !== undefined)(`containers that wait for their user, ${name} ${why ?? ''}`, () => {
    let testbed: Testbed;
    let coordinator: Coordinator;
    let builder: Engine;

    beforeAll(async () => {
      testbed = await createTestbed();
      const registry = (await testbed.registry()).address;
      const workshop = await testbed.startEngine(options);
      await buildApplicationImage(workshop, testbed.makeDirectory('app'), `${registry}/acme/app:1`);
      await pushImage(workshop, `${registry}/acme/app:1`);
      await buildTinyImage(workshop, testbed.makeDirectory('broken'), `${registry}/acme/broken:1`);
      await pushImage(workshop, `${registry}/acme/broken:1`);
      await workshop.stop();
      builder = await testbed.startEngine(options);
      await installGate(builder.root);
      const ready = 'ready: { http: { port: 8080 } }';
      const app = (name: string, rest: string) =>
        `    containers: [{ name: ${name}, image: '${registry}/acme/app:1', ports: [8080], ${ready}, ${rest} }]\n`;
      await makeMachineImage(
        testbed,
        builder,
        `apiVersion: parbake/v1
images: ['${registry}/acme/app:1', '${registry}/acme/broken:1']
roles:
  web:
${app('app', 'user_env: [SECRET, TRACEPARENT, TRACESTATE], files: /run/certs')}  other:
${app('app', 'user_env: [SECRET]')}  broken:
    containers: [{ name: app, image: '${registry}/acme/broken:1' }]
  early:
    containers: [{ name: app, image: '${registry}/acme/app:1', prepare: pause, files: /run/certs, ${ready} }]
`,
      );
      coordinator = await startCoordinator(testbed);
    });

    afterAll(async () => {
      await testbed?.close();
    });

    async function startInstance(instanceId: string): Promise<{ engine: Engine; agent: Started }> {
      const engine = await launchClone(testbed, builder, instanceId, options);
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      await untilReady(coordinator, instanceId, agent);
      return { engine, agent };
    }

    /** Role and state of every container, with what Docker knows of it. */
    async function containersOf(engine: Engine) {
      const listed = await engine.docker.listContainers({ all: true });
      const all = await Promise.all(
        listed.map(async ({ Id, Labels }) => {
          // It may be removed between the two looks.
          const found = await engine.docker
            .getContainer(Id)
            .inspect()
            .catch(() => undefined);
          if (found === undefined) return [];
          return [{ id: Id, role: Labels['dev.parbake.role'], state: found.State.Status, found }];
        }),
      );
      return all.flat();
    }

    const statesOf = (all: Awaited<ReturnType<typeof containersOf>>) =>
      Object.fromEntries(all.map(({ role, state }) => [role, state]));

    test('an order becomes the command: same process, nothing of it in Docker, the other roles let go', async () => {
      const { engine, agent } = await startInstance('i-0aaaaaaaaaaaaaaaa');
      const before = await containersOf(engine);
      // Two roles publish one port: the second is created and not started.
      expect(statesOf(before)).toEqual({
        web: 'running',
        other: 'created',
        broken: 'running',
        early: 'paused',
      });
      const web = before.find(({ role }) => role === 'web');
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const request = { user: 'alice', role: 'web', env: { SECRET: 'hunter2' } };
      const headers = { traceparent, tracestate: 'rojo=00f067aa0ba902b7' };
      const { assignment } = await assign(coordinator.clients, request, 60_000, headers);
      expect(assignment?.instanceId).toBe('i-0aaaaaaaaaaaaaaaa');
      const [endpoint] = assignment?.endpoints ?? [];
      const page = await fetch(`http://${endpoint?.host}:${endpoint?.port}/`);
      expect(await page.text()).toBe('Hello alice, this is i-0aaaaaaaaaaaaaaaa\n');
      await waitFor('the others to be let go', async () => (await containersOf(engine)).length === 1);
      const [after] = await containersOf(engine);
      expect(after?.id).toBe(web?.id);
      expect(after?.found.State.Pid).toBe(web?.found.State.Pid);
      expect(JSON.stringify(after?.found)).not.toContain('hunter2');
      expect(agent.log()).not.toContain('hunter2');
      // Its rehearsal went through.
      expect(agent.log()).not.toContain('find its way new');
      const stateDirectory = join(engine.root, 'var/lib/parbake');
      for (const name of readdirSync(stateDirectory))
        expect(readFileSync(join(stateDirectory, name), 'utf8')).not.toContain('hunter2');
      const { stdout } = await runInside(engine, after?.id ?? '', '/proc/1/cmdline');
      expect(stdout.split('\0').slice(0, 2)).toEqual(['/usr/bin/node', 'server.js']);
      const environment = await runInside(engine, after?.id ?? '', '/proc/1/environ');
      const variables = environment.stdout.split('\0');
      expect(variables).toContain(`TRACEPARENT=${traceparent}`);
      expect(variables).toContain(`TRACESTATE=${headers.tracestate}`);
      // What the container itself moved, though its process was only ever asked for before the order.
      const spans = await waitFor('the steps to be reported', async () => {
        const { spans: found } = await getTimeline(coordinator.clients, 'i-0aaaaaaaaaaaaaaaa');
        return found.some(({ name }) => name === 'container.ready') && found;
      });
      const ofOrder = (name: string) =>
        spans.find((span) => span.name === name && span.assignmentId !== '')?.containerIo;
      expect(ofOrder('container.exec')?.networkReceiveBytes).toBeGreaterThanOrEqual(0);
      // It was asked over the network whether it is ready, and answered.
      expect(ofOrder('container.ready')?.networkReceiveBytes).toBeGreaterThan(0);
      expect(ofOrder('container.ready')?.networkTransmitBytes).toBeGreaterThan(0);
    });

    test('files of the order are in the container, on no disk, and gone with it', async () => {
      for (const [instanceId, role] of [
        ['i-0fffffffffffffff1', 'web'],
        ['i-0fffffffffffffff2', 'early'],
      ] as const) {
        const { engine } = await startInstance(instanceId);
        const secret = `certificate of ${instanceId}`;
        const files = { 'tls.key': Buffer.from(secret) };
        await expect(assign(coordinator.clients, { user: 'frank', role: 'other', files })).rejects.toThrow(
          'role other takes no files',
        );
        const { assignment } = await assign(coordinator.clients, { user: 'frank', role, files });
        expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
        const [mine] = (await containersOf(engine)).filter((one) => one.role === role);
        expect((await runInside(engine, mine?.id ?? '', '/run/certs/tls.key')).stdout).toBe(secret);
        expect(mine?.found.Mounts).toContainEqual(
          expect.objectContaining({ Destination: '/run/certs', RW: false }),
        );
        // `run` is a tmpfs on an instance; everything else below the root is its disk.
        const found = await command('grep', [
          '-rls',
          secret,
          join(engine.root, 'var'),
          join(engine.root, 'etc'),
        ]).catch(() => '');
        expect(found).toBe('');
        expect(JSON.stringify(mine?.found)).not.toContain(secret);
        await release(coordinator.clients, assignment?.assignmentId ?? '');
        await waitFor(
          'the files to be gone',
          () => readdirSync(join(engine.root, 'run/parbake/files')).length === 0,
        );
      }
    });

    test('what waits outlives the agent, and what dies while it waits is prepared anew', async () => {
      const instanceId = 'i-0bbbbbbbbbbbbbbbb';
      const { engine, agent } = await startInstance(instanceId);
      const before = await containersOf(engine);
      await agent.stop('SIGKILL');
      const next = startAgent(testbed, engine, coordinator, instanceId);
      await waitFor('the new agent to connect', () => next.log().includes('coordinator connected'));
      await untilReady(coordinator, instanceId, next);
      expect((await containersOf(engine)).map(({ id }) => id).sort()).toEqual(
        before.map(({ id }) => id).sort(),
      );
      const web = before.find(({ role }) => role === 'web');
      await engine.docker.getContainer(web?.id ?? '').kill({ signal: 'SIGKILL' });
      const { assignment } = await assign(coordinator.clients, { user: 'bob', role: 'web' });
      expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
      const after = await containersOf(engine);
      expect(after.map(({ id }) => id)).not.toContain(web?.id);
    });

    test('a container that was started and paused goes on at its order, and takes no variables', async () => {
      const instanceId = 'i-0aabbccddeeff0011';
      const { engine } = await startInstance(instanceId);
      const before = (await containersOf(engine)).find(({ role }) => role === 'early');
      expect(before?.state).toBe('paused');
      const refused = assign(coordinator.clients, { user: 'dora', role: 'early', env: { SECRET: 'x' } });
      await expect(refused).rejects.toThrow(/does not take a variable whose name has 6 characters/);
      const { assignment } = await assign(coordinator.clients, { user: 'dora', role: 'early' });
      expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
      await waitFor('the others to be let go', async () => (await containersOf(engine)).length === 1);
      const [after] = await containersOf(engine);
      expect(after).toMatchObject({ id: before?.id, state: 'running' });
      expect(after?.found.State.Pid).toBe(before?.found.State.Pid);
    });

    test('a role that was only created is started at its order, in the room of the other', async () => {
      const { engine } = await startInstance('i-0cccccccccccccccc');
      const { assignment } = await assign(coordinator.clients, {
        user: 'carol',
        role: 'other',
        env: { SECRET: 'hunter2' },
      });
      const [endpoint] = assignment?.endpoints ?? [];
      const page = await fetch(`http://${endpoint?.host}:${endpoint?.port}/`);
      expect(await page.text()).toBe('Hello carol, this is i-0cccccccccccccccc\n');
      await waitFor('the others to be let go', async () => (await containersOf(engine)).length === 1);
      const after = await containersOf(engine);
      expect(statesOf(after)).toEqual({ other: 'running' });
      expect(JSON.stringify(after)).not.toContain('hunter2');
    });

    test('a command that cannot be executed is said to be so, fails the assignment and retires the instance', async () => {
      const instanceId = 'i-0dddddddddddddddd';
      await startInstance(instanceId);
      const failed = assign(coordinator.clients, { user: 'dave', role: 'broken' });
      await expect(failed).rejects.toThrow(/EXEC_FAILED: .*ENOEXEC/);
      const { reason, message } = await waitFor('the end', async () => {
        const found = await getInstance(coordinator.clients, instanceId);
        return found.state === 'INSTANCE_STATE_RETIRED' ? found : undefined;
      });
      expect(reason).toBe('EXEC_FAILED');
      expect(message).toContain('ENOEXEC');
    });

    test('without a gate containers start at the order, and the agent says so', async () => {
      const instanceId = 'i-0eeeeeeeeeeeeeeee';
      await rm(join(builder.root, gatePath));
      const { engine, agent } = await startInstance(instanceId);
      expect(agent.log()).toContain('the gate is not on this instance');
      // What needs no gate is prepared all the same.
      expect(statesOf(await containersOf(engine))).toEqual({ early: 'paused' });
      const { assignment } = await assign(coordinator.clients, { user: 'erin', role: 'web' });
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    });

    test('a coordinator that is away is tried again and again, and told of once; containers go on', async () => {
      const { engine, agent } = await startInstance('i-0ffffffffffffffff');
      const before = await containersOf(engine);
      await coordinator.process.stop('SIGKILL');
      let tries = 0;
      const [host = '', port = ''] = coordinator.agentAddress.split(':');
      const nobody = createServer((socket) => {
        tries += 1;
        socket.destroy();
      }).listen(Number(port), host);
      await waitFor('several tries', () => tries >= 3);
      await new Promise((resolve) => nobody.close(resolve));
      const said = () => agent.log().split('lost the coordinator').length - 1;
      // The tries may all have been those of other instances.
      await waitFor('this agent to say so', () => said() === 1);
      coordinator = await startCoordinator(testbed, coordinator);
      await untilReady(coordinator, 'i-0ffffffffffffffff', agent);
      expect(said()).toBe(1);
      expect((await containersOf(engine)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    });
  });

/** Reads a file with the eyes of a container's first process. */
async function runInside(engine: Engine, id: string, path: string): Promise<{ stdout: string }> {
  const { State } = await engine.docker.getContainer(id).inspect();
  const args = ['--target', String(State.Pid), '--pid', '--mount', '--root', '/usr/bin/node', '-p'];
  const script = `require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8')`;
  return { stdout: (await command('nsenter', [...args, script])).trimEnd() };
}
