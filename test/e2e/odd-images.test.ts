import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, release } from '../support/calls.ts';
import { dockerEras } from '../support/docker-eras.ts';
import { buildPageImage, pageText } from '../support/page-image.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

const user = 1234;
/** Where root of a container is, in an Engine with user namespaces. */
const firstOfRemapped = 100_000;

for (const era of dockerEras) {
  // One of the two with user namespaces, in which what the gate needs belongs to somebody else.
  const isRemapped = era.name === 'docker-26.1';
  const title = `an image without a shell, with another user and a health check, ${era.name}`;
  describe.skipIf(era.why !== undefined)(`${title} ${era.why ?? ''}`, () => {
    const options = { ...era.engine, isRemapped };
    const instanceId = 'i-0123456789abcdef0';
    let testbed: Testbed;
    let coordinator: Coordinator;
    let engine: Engine;

    beforeAll(async () => {
      testbed = await createTestbed();
      const ref = `${(await testbed.registry()).address}/acme/page:1`;
      const builder = await testbed.startEngine(options);
      await installGate(builder.root);
      const check = '["/bin/busybox", "wget", "-q", "-O-", "http://127.0.0.1:8080/"]';
      await buildPageImage(builder, testbed.makeDirectory('page'), ref, [
        `USER ${user}:4321`,
        `HEALTHCHECK --interval=1s --retries=1 CMD ${check}`,
      ]);
      await pushImage(builder, ref);
      const container = `name: app, image: '${ref}', ready: { http: { port: 8080 } }, user_env: [SECRET]`;
      await makeMachineImage(
        testbed,
        builder,
        `apiVersion: parbake/v1
images: ['${ref}']
roles:
  web:
    containers: [{ ${container}, ports: [8080], files: /www/certs, init: true, read_only: true }]
`,
        ['--remove-build-cache'],
      );
      engine = await launchClone(testbed, builder, instanceId, options);
      coordinator = await startCoordinator(testbed);
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      await untilReady(coordinator, instanceId, agent);
    });

    afterAll(async () => {
      await testbed?.close();
    });

    async function theContainer() {
      const [found] = await engine.docker.listContainers({ all: true });
      return await engine.docker.getContainer(found?.Id ?? '').inspect();
    }

    /** Of the process below Docker's own first one. */
    async function child(): Promise<{ uid: number; words: string[]; environment: string[] }> {
      const { Pid } = (await theContainer()).State;
      const of = (pid: string | number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
      const pid = of(Pid, `task/${Pid}/children`).trim();
      const uid = Number(/^Uid:\t(\d+)/m.exec(of(pid, 'status'))?.[1]);
      return { uid, words: of(pid, 'cmdline').split('\0'), environment: of(pid, 'environ').split('\0') };
    }

    const uid = user + (isRemapped ? firstOfRemapped : 0);

    test('waits as that user, and its health check holds meanwhile', async () => {
      const healthy = await waitFor('two looks at its health', async () => {
        const { State } = await theContainer();
        return (State.Health?.Log.length ?? 0) >= 2 && State;
      });
      expect(healthy.Health).toMatchObject({ Status: 'healthy', FailingStreak: 0 });
      const { HostConfig, State } = await theContainer();
      expect(HostConfig).toMatchObject({ Init: true, ReadonlyRootfs: true });
      expect(readFileSync(`/proc/${State.Pid}/cmdline`, 'utf8').split('\0')[0]).toContain('docker-init');
      expect((await child()).uid).toBe(uid);
    });

    test('serves its order, is checked for real, and ends when it is told to', async () => {
      const { assignment } = await assign(coordinator.clients, {
        user: 'alice',
        role: 'web',
        env: { SECRET: 'hunter2' },
        files: { 'tls.key': Buffer.from('a certificate') },
      });
      expect(assignment).toMatchObject({ state: 'ASSIGNMENT_STATE_SERVING', attempt: 1 });
      const [endpoint] = assignment?.endpoints ?? [];
      const at = (path: string) => fetch(`http://${endpoint?.host}:${endpoint?.port}${path}`);
      expect(await (await at('/')).text()).toBe(pageText);
      // Read as that user, in a place that the image does not have and whose root cannot be written to.
      expect(await (await at('/certs/tls.key')).text()).toBe('a certificate');
      const served = await child();
      expect(served).toMatchObject({ uid, words: expect.arrayContaining(['httpd', '8080']) });
      expect(served.environment).toContain('SECRET=hunter2');
      const before = (await theContainer()).State.Health?.Log.at(-1)?.Start;
      const { Health } = await waitFor('the next look at its health', async () => {
        const { State } = await theContainer();
        return State.Health?.Log.at(-1)?.Start !== before && State;
      });
      expect(Health?.Log.at(-1)).toMatchObject({ ExitCode: 0, Output: expect.stringContaining(pageText) });
      await release(coordinator.clients, assignment?.assignmentId ?? '');
      await waitFor('the container to be gone', async () => {
        return (await engine.docker.listContainers({ all: true })).length === 0;
      });
    });
  });
}
