import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerEngine } from '../../agent/docker/containers.ts';
import { connect } from '../../agent/docker/client.ts';
import { OwnLabels } from '../../agent/docker/own-labels.ts';
import { networkName } from '../../agent/docker/role-resources.ts';
import * as kernelFacts from '../../agent/host/kernel-facts.ts';
import { runOnce } from '../../agent/docker/run-once.ts';
import type { ImdsExposure } from '../../proto/gen/parbake/v1/ImdsExposure.ts';
import { ImdsProbe } from '../../agent/worker/imds-probe.ts';
import { GatePlaces } from '../../agent/gate/places.ts';
import { buildGate } from '../../packaging/dev/gate-build.ts';
import type { Role } from '../../proto/recipe/role.ts';
import { aContainer } from '../support/role-builders.ts';
import { passingKey } from '../../agent/host/secret-key.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildImage } from '../testbed/images.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());
const script = join(import.meta.dirname, '../../packaging/systemd/block-metadata');
const { signal } = new AbortController();
/** Grants tokens, and wants one for its data. */
const service = `require('node:http').createServer(({ method, url }, answer) => {
  answer.writeHead(method === 'PUT' || url === '/latest' ? 200 : 401).end(method === 'PUT' ? 'token' : 'credentials');
}).listen(80, '::');`;

describe.skipIf(missing !== undefined)(`what containers reach of their machine ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;

  /** In the instance's own network. */
  const onInstance = (...args: string[]) =>
    command('nsenter', [`--net=/run/netns/${engine.namespace}`, ...args]);

  beforeAll(async () => {
    testbed = await createTestbed();
    engine = await testbed.startEngine();
    const directory = testbed.makeDirectory('probe');
    mkdirSync(directory, { recursive: true });
    await command('cp', ['/bin/busybox', join(directory, 'busybox')]);
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\n');
    await buildImage(engine, directory, 'probe:1');
    // A stand-in at the service's own addresses, as near as the hypervisor is in EC2.
    await onInstance('ip', 'address', 'add', '169.254.169.254/32', 'dev', 'lo');
    await onInstance('ip', 'address', 'add', 'fd00:ec2::254/128', 'dev', 'lo');
    engine.startInside(process.execPath, ['-e', service], join(testbed.directory, 'imds.log'));
    await waitFor('the stand-in', async () => (await fromInstance()) === 'credentials');
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** @param busybox its path where it runs */
  const request = (busybox: string, address = '169.254.169.254'): string[] => {
    const ask = `printf 'GET /latest HTTP/1.0\\r\\n\\r\\n' | ${busybox} nc -w 2 ${address} 80`;
    return [busybox, 'sh', '-c', ask];
  };
  const answered = (text: string): string => (text.includes('credentials') ? 'credentials' : 'unreachable');

  const fromInstance = () => onInstance(...request('/bin/busybox')).then(answered, () => 'unreachable');

  async function fromContainer(network: string, address?: string): Promise<string> {
    const container = await engine.docker.createContainer({
      Image: 'probe:1',
      Cmd: request('/busybox', address),
      HostConfig: { NetworkMode: network },
    });
    await container.start();
    await container.wait();
    const output = await container.logs({ stdout: true });
    await container.remove();
    return answered(output.toString());
  }

  test('finding 12: the metadata service is open to containers without the unit, and closed with it, also after Docker is restarted', async () => {
    expect(await fromContainer('bridge')).toBe('credentials');
    await onInstance(script);
    expect(await fromContainer('bridge')).toBe('unreachable');
    expect(await fromInstance()).toBe('credentials');
    await engine.restart('SIGTERM');
    expect(await fromContainer('bridge')).toBe('unreachable');
    // As often as it is started.
    await onInstance(script);
    await onInstance(script);
    expect(await fromContainer('bridge')).toBe('unreachable');
  });

  test('finding 12: the metadata service is open to the containers of roles that the recipe allows it, and to no others', async () => {
    await onInstance(script);
    const agent = containerEngine(connect(engine.socket), kernelFacts, new OwnLabels(passingKey()));
    await agent.ensureNetwork({ role: 'denied', reachesMetadata: false }, signal);
    await agent.ensureNetwork({ role: 'allowed', reachesMetadata: true }, signal);
    expect(await fromContainer(networkName('denied'))).toBe('unreachable');
    expect(await fromContainer(networkName('allowed'))).toBe('credentials');
  });

  test('finding 12: it is reported when the metadata service answers containers of a role, which is asked as their code would ask', async () => {
    await onInstance('nft', 'delete', 'table', 'inet', 'parbake_metadata').catch(() => {});
    await onInstance('iptables', '-t', 'raw', '-F').catch(() => {});
    const docker = connect(engine.socket);
    const places = new GatePlaces(testbed.makeDirectory('gates'), await buildGate());
    const container = aContainer({ image: 'probe:1' });
    const roles: Role[] = [
      { name: 'denied', containers: [container] },
      { name: 'allowed', containers: [container], metadata: 'allow' },
    ];
    const isBusy = (): boolean => false;
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) });
    const exposures = async (): Promise<ImdsExposure[]> => {
      const probe = new ImdsProbe();
      await probe.run({ docker, places, roles, isBusy, onChange: () => {}, logger }, signal);
      return roles.map(({ name }) => probe.exposureOf(name));
    };
    expect(await exposures()).toEqual(['IMDS_EXPOSURE_IPV4', 'IMDS_EXPOSURE_IPV4']);
    expect(lines).toEqual([
      expect.stringMatching(/"role":"denied".*containers of a role reach the metadata/),
    ]);
    await onInstance(script);
    expect(await exposures()).toEqual(['IMDS_EXPOSURE_NONE', 'IMDS_EXPOSURE_IPV4']);
    expect(lines).toHaveLength(1);
    expect(await docker.listContainers({ all: true })).toEqual([]);
  });

  test('finding 12: the metadata service is closed over IPv6 too', async () => {
    await onInstance(script);
    const docker = connect(engine.socket);
    const network = 'six';
    await docker.createNetwork({
      Name: network,
      EnableIPv6: true,
      IPAM: { Driver: 'default', Config: [{ Subnet: 'fd7a:6::/64' }] },
    });
    const command = ['/gate', '--metadata'];
    const binds = [`${await buildGate()}:/gate:ro`];
    const ask = () => runOnce(docker, { name: 'six', image: 'probe:1', command, binds, network }, signal);
    expect(await ask()).toBe(0);
    await onInstance('ip6tables', '-t', 'raw', '-F').catch(() => {});
    await onInstance('nft', 'delete', 'table', 'inet', 'parbake_metadata').catch(() => {});
    expect([2, 3]).toContain(await ask());
  });

  test('finding 24: what is recorded reaches no service of its machine', async () => {
    const bridge = 'pbrec-test';
    const agent = containerEngine(connect(engine.socket), kernelFacts, new OwnLabels(passingKey()));
    const id = await agent.createInternalNetwork('recorded', bridge, signal);
    const { IPAM } = (await connect(engine.socket).getNetwork(id).inspect()) as {
      IPAM: { Config: { Gateway: string }[] };
    };
    const gateway = IPAM.Config[0]?.Gateway ?? '';
    // The stand-in listens at every address, this one included.
    expect(await fromContainer('recorded', gateway)).toBe('credentials');
    const path = join(import.meta.dirname, '../../agent/bake/recording-firewall.ts');
    const script = `const { closeMachine } = await import('${path}');
      const open = await closeMachine('${bridge}');
      process.stdin.once('data', async () => { await open(); process.exit(0); });
      console.log('closed');`;
    const closing = spawn('nsenter', [
      ...[`--net=/run/netns/${engine.namespace}`, process.execPath],
      ...['--input-type=module', '-e', script],
    ]);
    await once(closing.stdout, 'data');
    expect(await fromContainer('recorded', gateway)).toBe('unreachable');
    closing.stdin.write('open');
    expect(await once(closing, 'exit')).toEqual([0, null]);
    expect(await fromContainer('recorded', gateway)).toBe('credentials');
    await agent.removeNetwork(id, signal);
  });
});
