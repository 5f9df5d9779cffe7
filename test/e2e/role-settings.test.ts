import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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
const { existsSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { createServer: createSecure } = require('node:https');
const read = (path) => { try { return readFileSync(path, 'utf8').trim(); } catch { return null; } };
const [port, peer] = process.argv.slice(2);
const tls = '/etc/app/';
const pages = {
  '/': async () => JSON.stringify({
    env: process.env, args: process.argv.slice(2), directory: process.cwd(), mounts: read('/proc/mounts'),
    memory: read('/sys/fs/cgroup/memory.max') ?? read('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
    pids: read('/sys/fs/cgroup/pids.max') ?? read('/sys/fs/cgroup/pids/pids.max'),
  }),
  '/write': async () => { writeFileSync('/data/note', 'from ' + port); return 'written'; },
  '/certificate': async () => JSON.stringify({
    uid: process.getuid(), key: statSync(tls + 'tls.key').uid, mode: statSync(tls + 'tls.key').mode & 0o777,
  }),
  '/read': async () => String(read('/data/note')),
  '/peer': async () => await (await fetch('http://' + peer + '/read')).text(),
};
const answer = (request, response) => {
  const page = pages[request.url] ?? (async () => 'unknown');
  page().then((text) => response.end(text), (cause) => { response.statusCode = 500; response.end(String(cause.cause)); });
};
createServer(answer).listen(Number(port));
if (existsSync(tls + 'tls.crt'))
  createSecure({ key: readFileSync(tls + 'tls.key'), cert: readFileSync(tls + 'tls.crt') }, answer).listen(Number(port) + 363);
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
      'COPY --chown=1234:1235 data /data',
      'ENV MODE=image',
      'ENTRYPOINT []',
      'CMD ["/usr/bin/node"]',
      'USER 1234:1235',
    ];
    mkdirSync(join(directory, 'data'));
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
        ports: [${port}, ${port + 363}]
        certificate: { path: /etc/app }
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
    const certificates = testbed.makeDirectory('certificates');
    coordinator = await startCoordinator(testbed, undefined, [
      ...['--issuer-cert', join(certificates, 'ca.pem'), '--issuer-key', join(certificates, 'ca.key')],
      ...['--zone', 'preview.test'],
    ]);
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

  /** What a client that trusts the CA gets from an instance under a name. */
  const securely = async (host: string, port: number, servername: string): Promise<string> => {
    const ca = readFileSync(coordinator.certificates.ca);
    return await new Promise((resolve, reject) => {
      const options = { host, port, servername, ca, path: '/certificate', agent: false };
      get(options, (response) => void text(response).then(resolve, reject)).on('error', reject);
    });
  };

  test.each([
    ['shop', 8080, 'i-0aaaaaaaaaaaaaaaa'],
    ['late', 8081, 'i-0bbbbbbbbbbbbbbbb'],
  ])('role %s runs as the recipe says, and nothing of it stays', async (role, port, instanceId) => {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    // Before anybody waits for them.
    expect(await ofRoles(engine)).toEqual(expect.arrayContaining(['parbake-late', 'parbake-shop']));
    const name = `${role}.preview.test`;
    const routes = [{ name, port: port + 363 }];
    const request = { user: 'alice', role, env: { LEVEL: 'debug' }, routes };
    const { assignment } = await assign(coordinator.clients, request, 30_000);
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(assignment?.endpoints).toEqual(
      [port, port + 363].map((each) => ({ container: 'app', host: engine.address, port: each })),
    );
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

    // Its certificate is for its name and no other, and only its own user can read the key.
    const shown = JSON.parse(await securely(engine.address, port + 363, name)) as object;
    expect(shown).toEqual({ uid: 1234, key: 1234, mode: 0o400 });
    await expect(securely(engine.address, port + 363, 'other.preview.test')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });

    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the release', async () => {
      const { state } = await getInstance(coordinator.clients, instanceId);
      return state !== 'INSTANCE_STATE_ASSIGNED' && state !== 'INSTANCE_STATE_RELEASING';
    });
    expect(await ofRoles(engine)).toEqual([]);
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    const places = join(engine.root, 'run/parbake/tls');
    expect(existsSync(places) ? readdirSync(places) : []).toEqual([]);
  });
});
