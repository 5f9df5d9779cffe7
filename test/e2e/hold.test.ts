import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());
const example = join(import.meta.dirname, '../../docs/examples/hold/server.mjs');
const secret = 'hunter2-of-the-order';

/** Prints what it got besides the user, and has a health check that fails without an order. */
const applicationSource = readFileSync(example, 'utf8').replace(
  'createServer(',
  "console.log('order ' + Object.keys(order.variables) + ' ' + Object.keys(order.files));\n  createServer(",
);

describe.skipIf(missing !== undefined)(`applications that are held ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    builder = await testbed.startEngine();
    await buildApplicationImage(builder, testbed.makeDirectory('base'), 'base:1');
    const directory = testbed.makeDirectory('held');
    writeFileSync(join(directory, 'server.js'), applicationSource);
    const lines = [
      'FROM base:1',
      'COPY server.js /app/',
      'HEALTHCHECK --interval=1s --retries=1 CMD ["/usr/bin/node", "-e", "fetch(\'http://127.0.0.1:8080\')"]',
    ];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    const ref = `${registry}/acme/held:1`;
    await buildImage(builder, directory, ref);
    await pushImage(builder, ref);
    await installGate(builder.root);
    const ready = 'ports: [8080], ready: { http: { port: 8080 } }';
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${ref}']
roles:
  web:
    containers: [{ name: app, image: '${ref}', prepare: hold, ${ready}, user_env: [TOKEN], files: /run/files }]
`,
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  async function startInstance(instanceId: string): Promise<{ engine: Engine; agent: Started }> {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    return { engine, agent };
  }

  async function onlyContainer(engine: Engine) {
    const [listed] = await engine.docker.listContainers({ all: true });
    return await engine.docker.getContainer(listed?.Id ?? '').inspect();
  }

  test('one that waits outlives the agent, gets its order whole, and leaves nothing of it behind', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    const { engine, agent } = await startInstance(instanceId);
    const before = await onlyContainer(engine);
    expect(before.Config.Labels).toMatchObject({ 'dev.parbake.prepared': 'hold' });
    await waitFor(
      'its health check',
      async () => (await onlyContainer(engine)).State.Health?.Status === 'healthy',
    );
    await agent.stop('SIGKILL');
    const next = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, next);
    const { assignment } = await assign(coordinator.clients, {
      user: 'alice',
      role: 'web',
      env: { TOKEN: secret },
      files: { 'tls.key': Buffer.from(secret) },
    });
    expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
    const [endpoint] = assignment?.endpoints ?? [];
    const page = await fetch(`http://${endpoint?.host}:${endpoint?.port}/`);
    expect(await page.text()).toBe('Hello alice\n');
    const after = await onlyContainer(engine);
    expect(after).toMatchObject({ Id: before.Id, State: { Pid: before.State.Pid } });
    const log = await engine.docker.getContainer(after.Id).logs({ stdout: true, stderr: true });
    expect(log.toString()).toContain('order TOKEN tls.key');
    // `run` is a tmpfs on an instance; everything else below the root is its disk.
    const disks = ['var', 'etc'].map((name) => join(engine.root, name));
    const found = await command('grep', ['-rls', secret, ...disks]).catch(() => '');
    expect(found).toBe('');
    expect(JSON.stringify(after)).not.toContain(secret);
    const [place = ''] = readdirSync(join(engine.root, 'run/parbake/hold'));
    expect(existsSync(join(engine.root, 'run/parbake/hold', place, 'io/order'))).toBe(false);
  });

  test('one that dies while it is held is replaced, and two readers take the instance out of its pool', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    const { engine } = await startInstance(instanceId);
    const before = await onlyContainer(engine);
    await engine.docker.getContainer(before.Id).kill({ signal: 'SIGKILL' });
    const now = await waitFor('another to read its order', async () => {
      const [place] = readdirSync(join(engine.root, 'run/parbake/hold'));
      const reads = existsSync(join(engine.root, 'run/parbake/hold', place ?? '', 'held'));
      const [found] = await engine.docker.listContainers();
      return reads && found !== undefined && found.Id !== before.Id ? found : undefined;
    });
    const exec = await engine.docker.getContainer(now.Id).exec({
      Cmd: ['/usr/bin/node', '-e', "require('node:fs').readFileSync(process.env.PARBAKE_ORDER)"],
    });
    await exec.start({ Detach: true });
    const { reason, message } = await waitFor('the instance to fail', async () => {
      const found = await getInstance(coordinator.clients, instanceId);
      return found.state === 'INSTANCE_STATE_FAILED' ? found : undefined;
    });
    expect(reason).toBe('ORDER_OPENED_TWICE');
    expect(message).toContain('container app');
  });
});
