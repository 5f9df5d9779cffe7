import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign, getInstance, release } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { unlessRequired } from '../support/requirement.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());

/** Tells what it sees: of itself, of a file, and of another container, which it finds by its name. */
const probe = `const { createServer } = require('node:http');
const { readFileSync, writeFileSync } = require('node:fs');
const read = (path) => { try { return readFileSync(path, 'utf8').trim(); } catch { return null; } };
const [port, peer] = process.argv.slice(2);
const pages = {
  '/': async () => JSON.stringify({
    env: process.env, args: process.argv.slice(2), directory: process.cwd(), mounts: read('/proc/mounts'),
    memory: read('/sys/fs/cgroup/memory.max') ?? read('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
    pids: read('/sys/fs/cgroup/pids.max') ?? read('/sys/fs/cgroup/pids/pids.max'),
  }),
  '/write': async () => { writeFileSync('/data/note', 'from ' + port); return 'written'; },
  '/read': async () => String(read('/data/note')),
  '/peer': async () => await (await fetch('http://' + peer + '/read')).text(),
};
createServer((request, response) => {
  const page = pages[request.url] ?? (async () => 'unknown');
  page().then((text) => response.end(text), (cause) => { response.statusCode = 500; response.end(String(cause.cause)); });
}).listen(Number(port));
process.on('SIGTERM', () => process.exit(0));
`;

interface Seen {
  env: Record<string, string>;
  args: string[];
  directory: string;
  mounts: string;
  memory: string;
  pids: string;
}

describe.skipIf(missing !== undefined)(`roles as people write them ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    builder = await testbed.startEngine();
    await buildApplicationImage(builder, testbed.makeDirectory('base'), 'base:1');
    const directory = testbed.makeDirectory('probe');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'probe.js'), probe);
    // Its own command is not the recipe's, and would end at once.
    const lines = [
      'FROM base:1',
      'COPY probe.js /srv/',
      'ENV MODE=image',
      'ENTRYPOINT []',
      'CMD ["/usr/bin/node"]',
    ];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    const image = `${registry}/shop/probe:1`;
    await buildImage(builder, directory, image);
    await pushImage(builder, image);
    await installGate(builder.root);
    const role = (name: string, prepare: string, port: number) => `  ${name}:
    containers:
      - <<: *probe
        name: app
        prepare: ${prepare}
        command: /usr/bin/node probe.js ${port} db:9000
        env: { LEVEL: info, MODE: fixed }
        user_env: [LEVEL]
        tmpfs: /scratch:size=1m
        memory: 128m
        cpus: 0.5
        pids_limit: 64
        ports: [${port}]
        ready: { http: { port: ${port} } }
      - <<: *probe
        name: db
        prepare: ${prepare}
        entrypoint: ["/usr/bin/node"]
        command: [probe.js, 9000]
        ports: [9000]
        publish: false
        ready: { tcp: { port: 9000 } }
`;
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
x-probe: &probe { image: '${image}', working_dir: /srv, volumes: ["data:/data"] }
images: ['${image}']
roles:
${role('shop', 'gate', 8080)}${role('late', 'none', 8081)}`,
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  async function ofRoles(engine: Engine): Promise<string[]> {
    const filters = { label: ['dev.parbake.role'] };
    const networks = await engine.docker.listNetworks({ filters });
    const { Volumes: volumes } = await engine.docker.listVolumes({ filters });
    return [...networks.map(({ Name }) => Name), ...volumes.map(({ Name }) => Name)].sort();
  }

  test.each([
    ['shop', 8080, 'i-0aaaaaaaaaaaaaaaa'],
    ['late', 8081, 'i-0bbbbbbbbbbbbbbbb'],
  ])('role %s runs as the recipe says, and nothing of it stays', async (role, port, instanceId) => {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    // Before anybody waits for them.
    expect(await ofRoles(engine)).toEqual(expect.arrayContaining(['parbake-late', 'parbake-shop']));
    const request = { user: 'alice', role, env: { LEVEL: 'debug' } };
    const { assignment } = await assign(coordinator.clients, request, 30_000);
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(assignment?.endpoints).toEqual([{ container: 'app', host: engine.address, port }]);
    const page = async (path: string) =>
      await (await fetch(`http://${engine.address}:${port}${path}`)).text();

    const seen = JSON.parse(await page('/')) as Seen;
    expect(seen.env).toMatchObject({ LEVEL: 'debug', MODE: 'fixed', PARBAKE_USER: 'alice' });
    expect(seen.args).toEqual([String(port), 'db:9000']);
    expect(seen.directory).toBe('/srv');
    expect(seen.mounts).toMatch(/^tmpfs \/scratch tmpfs \S*size=1024k/m);
    expect([seen.memory, seen.pids]).toEqual([String(128 * 1024 ** 2), '64']);

    await page('/write');
    // The other container has the same volume, and is found by its name.
    expect(await page('/peer')).toBe(`from ${port}`);
    await expect(fetch(`http://${engine.address}:9000/`)).rejects.toThrow('fetch failed');

    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the release', async () => {
      const { state } = await getInstance(coordinator.clients, instanceId);
      return state !== 'INSTANCE_STATE_ASSIGNED' && state !== 'INSTANCE_STATE_RELEASING';
    });
    expect(await ofRoles(engine)).toEqual([]);
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
  });
});
