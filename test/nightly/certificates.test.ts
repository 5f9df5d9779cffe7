import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign, getInstance, release } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { unlessRequired } from '../support/requirement.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());

/** Serves TLS with what it finds, reads it again for each connection, and tells who it is and what it may read. */
const server = `const { readFileSync, statSync } = require('node:fs');
const { createSecureContext } = require('node:tls');
const { createServer } = require('node:https');
const [port, directory] = process.argv.slice(2);
const read = (name) => readFileSync(directory + '/' + name);
const look = (name) => { const { mode, uid } = statSync(directory + '/' + name); return (mode & 0o777).toString(8) + ' ' + uid; };
const context = () => createSecureContext({ key: read('tls.key'), cert: read('tls.crt') });
createServer(
  { SNICallback: (_, done) => done(null, context()), key: read('tls.key'), cert: read('tls.crt') },
  (_, response) => response.end(JSON.stringify({ uid: process.getuid(), key: look('tls.key'), certificate: look('tls.crt'), ca: look('ca.crt') })),
).listen(Number(port));
process.on('SIGTERM', () => process.exit(0));
`;

describe.skipIf(missing !== undefined)(`a certificate for each assignment ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    builder = await testbed.startEngine();
    await buildApplicationImage(builder, testbed.makeDirectory('base'), 'base:1');
    const directory = testbed.makeDirectory('server');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'tls.js'), server);
    writeFileSync(
      join(directory, 'Dockerfile'),
      'FROM base:1\nCOPY tls.js /srv/\nENTRYPOINT []\nCMD ["/usr/bin/node"]\nUSER 1234:1235\n',
    );
    const image = `${registry}/shop/tls:1`;
    await buildImage(builder, directory, image);
    await pushImage(builder, image);
    await installGate(builder.root);
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${image}']
roles:
  shop:
    containers:
      - name: app
        image: '${image}'
        certificate: true
        command: /usr/bin/node /srv/tls.js 8443 /run/parbake/tls
        ports: [8443]
        ready: { tcp: { port: 8443 } }
`,
    );
    const certificates = testbed.makeDirectory('certificates');
    coordinator = await startCoordinator(testbed, undefined, [
      ...['--issuer-cert', join(certificates, 'ca.pem'), '--issuer-key', join(certificates, 'ca.key')],
      ...['--certificate-ttl', '20s', '--zone', 'preview.test'],
    ]);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** Connects as a client that trusts the CA and nothing else. */
  const request = (engine: Engine, port: number, servername: string) =>
    new Promise<{ serial: string; page: string }>((resolve, reject) => {
      const ca = readFileSync(coordinator.certificates.ca);
      const socket = connect({ host: engine.address, port, servername, ca, minVersion: 'TLSv1.3' }, () => {
        const serial = socket.getPeerCertificate().serialNumber;
        let text = '';
        socket.on('data', (piece) => (text += String(piece)));
        socket.on('end', () => resolve({ serial, page: text.split('\r\n\r\n')[1] ?? '' }));
        socket.write(`GET / HTTP/1.0\r\nHost: ${servername}\r\n\r\n`);
      });
      socket.on('error', reject);
    });

  const ordered = async (instanceId: string, role: string, port: number, name: string) => {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    const { assignment } = await assign(coordinator.clients, {
      ...{ user: 'alice', role },
      routes: [{ name, port, scheme: 'ROUTE_SCHEME_HTTPS' as const }],
    });
    expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
    return { engine, agent, assignmentId: assignment?.assignmentId ?? '' };
  };

  const released = async (assignmentId: string, instanceId: string) => {
    await release(coordinator.clients, assignmentId);
    await waitFor('the release', async () => {
      const { state } = await getInstance(coordinator.clients, instanceId);
      return state === 'INSTANCE_STATE_RETIRED';
    });
  };

  test('a container serves TLS with it, renewed also by an agent that was killed, until nothing of it is left', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    const { engine, agent, assignmentId } = await ordered(instanceId, 'shop', 8443, 'shop.preview.test');
    const { serial, page } = await request(engine, 8443, 'shop.preview.test');
    expect(JSON.parse(page)).toEqual({ uid: 1234, key: '400 1234', certificate: '444 0', ca: '444 0' });
    await expect(request(engine, 8443, 'other.preview.test')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const client = ['-connect', `${engine.address}:8443`, '-servername', 'shop.preview.test', '-brief'];
    const verify = ['-CAfile', coordinator.certificates.ca, '-verify_return_error'];
    await command('openssl', [
      ...['s_client', ...client, ...verify],
      ...['-verify_hostname', 'shop.preview.test', '-no_ign_eof'],
    ]);
    const places = join(engine.root, 'run/parbake/tls');
    const keys = () => readdirSync(places).filter((place) => existsSync(join(places, place, 'tls.key')));
    const key = readFileSync(join(places, keys()[0] ?? '', 'tls.key'), 'utf8');
    await agent.stop('SIGKILL');
    const second: Started = startAgent(testbed, engine, coordinator, instanceId);
    await waitFor('a renewed certificate', async () => {
      const now = await request(engine, 8443, 'shop.preview.test');
      return now.serial !== serial;
    });
    expect(readFileSync(join(places, keys()[0] ?? '', 'tls.key'), 'utf8')).toBe(key);
    const state = readFileSync(join(engine.root, 'var/lib/parbake/state.json'), 'utf8');
    expect(state).not.toContain(key.split('\n')[1]);
    await released(assignmentId, instanceId);
    expect(keys()).toEqual([]);
    expect(existsSync(join(engine.root, 'run/parbake/order-env.json'))).toBe(false);
    expect(second.ended()).toBeUndefined();
  });
});
