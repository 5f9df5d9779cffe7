import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { runToEnd, type Ended } from '../testbed/command.ts';

const project = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'parbake-tls-'));
const at = (...parts: string[]): string => join(directory, ...parts);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const node = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  runToEnd(process.execPath, [join(project, program), ...args], {
    env: { ...process.env, HOME: directory, ...env },
  });
const coordinatorProgram = (...args: string[]): Promise<Ended> => node('coordinator/main.ts', args);
const ca = (folder: string, ...hosts: string[]): Promise<Ended> =>
  coordinatorProgram('ca', 'init', '--dir', at(folder), ...hosts.flatMap((host) => ['--host', host]));
const tlsOptions = (folder: string, name: string, authority = folder): string[] => [
  ...['--tls-ca', at(authority, 'ca.pem')],
  ...['--tls-cert', at(folder, `${name}.pem`), '--tls-key', at(folder, `${name}.key`)],
];
const serve = (folder: string): Promise<CoordinatorProcess> => {
  mkdirSync(at(`store-${folder}`), { recursive: true });
  return startCoordinatorProcess(at(`store-${folder}`), [
    ...[
      '--listen',
      `unix:${at(`${folder}.sock`)}`,
      '--api-listen',
      '127.0.0.1:0',
      ...tlsOptions(folder, 'server'),
    ],
  ]);
};
const instances = (
  address: string,
  options: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> =>
  node('coordinator/cli/main.ts', ['instances', '--json', '--coordinator', address, ...options], env);

describe('with certificates of "ca init"', () => {
  let named: CoordinatorProcess;
  let elsewhere: CoordinatorProcess;
  let address: string;

  beforeAll(async () => {
    for (const [folder, hosts] of [
      ['named', ['127.0.0.1', 'localhost']],
      ['elsewhere', ['10.9.8.7', 'parbake.example']],
    ] as const)
      expect(await ca(folder, ...hosts)).toMatchObject({ exit: 0, stderr: '' });
    [named, elsewhere] = await Promise.all([serve('named'), serve('elsewhere')]);
    address = named.addresses.at(-1) ?? '';
  });
  afterAll(async () => {
    await Promise.all([named, elsewhere].map((each) => each.stop()));
  });

  test('C2: the CLI reaches the coordinator by an IP address and by a name of its certificate', async () => {
    for (const each of [address, address.replace('127.0.0.1', 'localhost')])
      expect(await instances(each, tlsOptions('named', 'operator'))).toMatchObject({ exit: 0, stderr: '' });
  });

  test('the CLI takes address and files from the environment', async () => {
    const env = {
      PARBAKE_COORDINATOR: address,
      PARBAKE_TLS_CA: at('named', 'ca.pem'),
      PARBAKE_TLS_CERT: at('named', 'operator.pem'),
      PARBAKE_TLS_KEY: at('named', 'operator.key'),
    };
    expect(await node('coordinator/cli/main.ts', ['instances', '--json'], env)).toMatchObject({
      exit: 0,
      stdout: '{"instances":[]}\n',
    });
  });

  test('a wrong name is TLS_NAME_MISMATCH, and the message has the names of the certificate', async () => {
    const wrong = elsewhere.addresses.at(-1) ?? '';
    for (const each of [wrong, wrong.replace('127.0.0.1', 'localhost')]) {
      const { exit, stderr } = await instances(each, tlsOptions('elsewhere', 'operator'));
      expect(exit).toBe(1);
      expect(stderr).toContain('[TLS_NAME_MISMATCH]');
      expect(stderr).toContain(each.startsWith('local') ? 'parbake.example' : '10.9.8.7');
    }
  });

  test('A20: a CA that did not sign the server, and a client that the server does not know, are named', async () => {
    const otherServer = await instances(address, tlsOptions('named', 'operator', 'elsewhere'));
    expect(otherServer.stderr).toContain('its certificate is not signed by the CA in --tls-ca');
    const otherClient = await instances(address, tlsOptions('elsewhere', 'operator', 'named'));
    expect(otherClient).toMatchObject({ exit: 1 });
    expect(otherClient.stderr).toContain('[COORDINATOR_UNREACHABLE]');
  });

  test('A19: loopback never goes through a proxy', async () => {
    const proxy: Server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    const url = `http://127.0.0.1:${port}`;
    try {
      const env = { http_proxy: url, https_proxy: url, no_proxy: '', NO_PROXY: '' };
      expect(await instances(address, tlsOptions('named', 'operator'), env)).toMatchObject({ exit: 0 });
    } finally {
      proxy.close();
    }
  });

  test('keys are readable by their owner only, and nothing is replaced', async () => {
    for (const name of ['ca', 'server', 'agent', 'operator'])
      expect(statSync(at('named', `${name}.key`)).mode & 0o777).toBe(0o600);
    const before = readFileSync(at('named', 'ca.key'), 'utf8');
    const again = await ca('named', '127.0.0.1');
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain('exists; nothing was written');
    expect(readFileSync(at('named', 'ca.key'), 'utf8')).toBe(before);
  });

  test('"ca issue" adds a certificate that the coordinator accepts', async () => {
    const issued = await coordinatorProgram(
      'ca',
      'issue',
      'second',
      '--for',
      'operator',
      '--dir',
      at('named'),
    );
    expect(issued).toMatchObject({
      exit: 0,
      stdout: `${at('named', 'second.pem')}\n${at('named', 'second.key')}\n`,
    });
    expect(await instances(address, tlsOptions('named', 'second'))).toMatchObject({ exit: 0 });
  });

  test('what a certificate says decides what its owner may do', async () => {
    const issue = (...args: string[]): Promise<Ended> =>
      coordinatorProgram('ca', 'issue', ...args, '--dir', at('named'));
    for (const [name, kind] of [
      ['dashboard', 'reader'],
      ['backend', 'client'],
      ['i-0a1b', 'agent'],
    ] as const)
      expect(await issue(name, '--for', kind)).toMatchObject({ exit: 0 });
    expect(await instances(address, tlsOptions('named', 'dashboard'))).toMatchObject({ exit: 0 });
    for (const name of ['backend', 'i-0a1b', 'agent']) {
      const { exit, stderr } = await instances(address, tlsOptions('named', name));
      expect(exit).toBe(1);
      expect(stderr).toContain(name === 'agent' ? '[UNAUTHENTICATED]' : '[PERMISSION_DENIED]');
    }
  });

  test('a port in use is said as such', async () => {
    const second = await coordinatorProgram(
      'serve',
      '--listen',
      `unix:${at('x.sock')}`,
      '--api-listen',
      address,
      '--store',
      `sqlite:${at('x.db')}`,
      ...tlsOptions('named', 'server'),
    );
    expect(second.exit).toBe(2);
    expect(second.stderr).toContain(
      `cannot listen on ${address}: the port is in use by another program [USAGE]`,
    );
  });

  test('A20: a plaintext client on the TLS port is told so', async () => {
    const { exit, stderr } = await instances(address, []);
    expect(exit).toBe(1);
    expect(stderr).toContain('[COORDINATOR_UNREACHABLE]');
  });
});

describe('docs/tls.md', () => {
  const page = readFileSync(join(project, 'docs/tls.md'), 'utf8');
  const block = (heading: string): string =>
    new RegExp(`^## ${heading}\n[^#]*?^\`\`\`sh\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';

  test.each(['For a first try', 'With openssl alone'])(
    'the commands of "%s" make a set that works',
    async (heading) => {
      const folder = heading.replaceAll(' ', '-');
      const bin = at('bin');
      mkdirSync(at(folder));
      mkdirSync(bin, { recursive: true });
      for (const [name, file] of [['parbake-coordinator', 'coordinator/main.ts']] as const)
        await runToEnd('sh', [
          '-c',
          `printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' "$1" "$2" >"$3" && chmod 755 "$3"`,
          ...['sh', process.execPath, join(project, file), join(bin, name)],
        ]);
      const commands = block(heading).replaceAll('10.0.1.10', '127.0.0.1');
      const made = await runToEnd('bash', ['-euo', 'pipefail', '-c', commands], {
        cwd: at(folder),
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
      });
      expect(made).toMatchObject({ exit: 0 });
      const coordinator = await serve(folder);
      try {
        const ended = await instances(coordinator.addresses.at(-1) ?? '', tlsOptions(folder, 'operator'));
        expect(ended).toMatchObject({ exit: 0, stdout: '{"instances":[]}\n' });
      } finally {
        await coordinator.stop();
      }
    },
  );
});
