import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatePath } from '../../agent/gate/places.ts';
import { runToEnd } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

/** Tries to use what the gate used, as soon as it runs and until it is asked what came of it. */
const hostileSource = `const fs = require('node:fs');
const { createServer } = require('node:http');
const net = require('node:net');
const io = '/dev/.parbake/io';
const tries = {
  write: () => fs.writeFileSync(io + '/filler', Buffer.alloc(1 << 20)),
  directory: () => fs.mkdirSync(io + '/more'),
  link: () => fs.symlinkSync('/run/docker.sock', io + '/s'),
};
const done = [];
const tryAll = () => {
  for (const [name, attempt] of Object.entries(tries))
    try { attempt(); done.push(name); } catch {}
};
tryAll();
const pretender = net.createServer((peer) => peer.end('R'));
pretender.on('listening', () => done.push('socket')).on('error', () => {});
pretender.listen(io + '/s');
const again = setInterval(tryAll, 1);
createServer((request, response) => {
  clearInterval(again);
  response.end(JSON.stringify(done));
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

const hostileLabels = [
  ['dev.parbake.container', 'app'],
  ['dev.parbake.role', 'hostile'],
  ['dev.parbake.assignment', 'as-of-somebody'],
  ['dev.parbake.prepared', 'gate'],
  ['dev.parbake.gate', '../../../precious'],
  ['dev.parbake.files', '../../../precious'],
  ['dev.parbake.seal', 'c2VhbA=='],
] as const;

describe.skipIf(missing !== undefined)(`a hostile image ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;
  let image: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    builder = await testbed.startEngine();
    await buildApplicationImage(builder, testbed.makeDirectory('base'), 'base:1');
    const directory = testbed.makeDirectory('hostile');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'server.js'), hostileSource);
    const labels = hostileLabels.map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`);
    const lines = ['FROM base:1', 'COPY server.js /app/', ...labels];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    image = `${registry}/hostile/app:1`;
    await buildImage(builder, directory, image);
    await pushImage(builder, image);
    await installGate(builder.root);
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${image}']
roles:
  hostile:
    containers:
      - { name: app, image: '${image}', ports: [8080], ready: { http: { port: 8080 } }, files: /run/files }
      - { name: plain, image: '${image}', publish: false, prepare: create, essential: false }
  late:
    containers:
      - { name: app, image: '${image}', publish: false, prepare: none, ready: { http: { port: 8080 } }, user_env: [SECRET] }
`,
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  async function startInstance(
    instanceId: string,
    hasGate = true,
  ): Promise<{ engine: Engine; agent: Started }> {
    const engine = await launchClone(testbed, builder, instanceId);
    if (!hasGate) rmSync(join(engine.root, gatePath));
    const precious = join(engine.root, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'file'), 'of the host');
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    return { engine, agent };
  }

  test('finding 6: labels of an image lead the agent to no directory, and make no container its own', async () => {
    const { engine } = await startInstance('i-0aaaaaaaaaaaaaaaa');
    // Somebody else's container of the image has all of its labels.
    const stranger = await engine.docker.createContainer({ Image: image, name: 'stranger' });
    await stranger.start();
    const { assignment } = await assign(coordinator.clients, { user: 'mallory', role: 'hostile' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const own = async () => {
      const all = await engine.docker.listContainers({ all: true });
      return all.filter(({ Id }) => Id !== stranger.id);
    };
    await waitFor('one container for each of the role', async () => (await own()).length === 2);
    for (const { Labels } of await own()) {
      expect(Labels['dev.parbake.gate']).toMatch(/^([0-9a-f]{12})?$/);
      expect(Labels['dev.parbake.assignment']).not.toBe('as-of-somebody');
    }
    expect((await stranger.inspect()).State.Running).toBe(true);
    expect(readFileSync(join(engine.root, 'precious/file'), 'utf8')).toBe('of the host');
  });

  test('finding 8: an application gets nothing out of the directory that its gate used', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    const { engine, agent } = await startInstance(instanceId);
    const gates = join(engine.root, 'run/parbake/gate');
    const { assignment } = await assign(coordinator.clients, { user: 'mallory', role: 'hostile' });
    expect(assignment?.instanceId).toBe(instanceId);
    expect(await (await fetch(`http://${engine.address}:8080/`)).json()).toEqual([]);
    for (const key of readdirSync(gates)) expect(existsSync(join(gates, key, 'io'))).toBe(false);
    expect(statfsSync(gates).bavail).toBeGreaterThan(0);
    // A restarted agent finds it as it was.
    await agent.stop('SIGKILL');
    const next = startAgent(testbed, engine, coordinator, instanceId);
    await waitFor('the agent to be back', async () => {
      const { connected } = await getInstance(coordinator.clients, instanceId);
      return connected && next.log().includes('coordinator connected');
    });
    const found = await getInstance(coordinator.clients, instanceId);
    expect(found.state).toBe('INSTANCE_STATE_ASSIGNED');
    expect(await (await fetch(`http://${engine.address}:8080/`)).json()).toEqual([]);
  });

  const late = (secret: string) => ({ user: 'alice', role: 'late', env: { SECRET: secret } });
  const canary = (): string => randomBytes(24).toString('base64url');

  test('finding 22: variables of a container that is made at its order are on no disk', async () => {
    const secret = canary();
    const { engine } = await startInstance('i-0cccccccccccccccc');
    const { assignment } = await assign(coordinator.clients, late(secret));
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const containers = await engine.docker.listContainers();
    expect(containers).toHaveLength(1);
    for (const { Id } of containers) {
      const inspected = await engine.docker.getContainer(Id).inspect();
      expect(JSON.stringify(inspected)).not.toContain(secret);
      expect(readFileSync(`/proc/${inspected.State.Pid}/environ`, 'utf8')).toContain(secret);
    }
    // `run` is a tmpfs on an instance, where the agent keeps them for a restart of its own.
    expect(await filesWith(secret, engine.root)).toEqual([join(engine.root, 'run/parbake/order-env.json')]);
  });

  test('finding 22: without a gate such a container is not made', async () => {
    const secret = canary();
    const { engine } = await startInstance('i-0dddddddddddddddd', false);
    await expect(assign(coordinator.clients, late(secret), 20_000)).rejects.toThrow(/GATE_UNAVAILABLE/);
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    expect(await filesWith(secret, engine.root)).toEqual([]);
  });
});

/** Which files below a directory have a text; sockets and pipes are left out. */
async function filesWith(text: string, root: string): Promise<string[]> {
  const { stdout } = await runToEnd('grep', ['-rlaFs', '-D', 'skip', text, root]);
  return stdout.split('\n').filter((line) => line !== '');
}
