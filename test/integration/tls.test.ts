import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { TestAuthority } from '../testbed/certificates.ts';
import { coordinatorName } from '../../proto/wire/server-identity.ts';
import { runToEnd, type Ended } from '../testbed/command.ts';
import { waitFor } from '../testbed/wait.ts';

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
  coordinatorProgram(
    ...['ca', 'init', '--dir', at(folder), '--shared-agent'],
    ...hosts.flatMap((host) => ['--host', host]),
  );
const tlsOptions = (folder: string, name: string, authority = folder): string[] => [
  ...['--tls-ca', at(authority, 'ca.pem')],
  ...['--tls-cert', at(folder, `${name}.pem`), '--tls-key', at(folder, `${name}.key`)],
];
const serve = (folder: string, certificate = 'server'): Promise<CoordinatorProcess> => {
  mkdirSync(at(`store-${folder}`), { recursive: true });
  return startCoordinatorProcess(at(`store-${folder}`), [
    ...[
      '--listen',
      `unix:${at(`${folder}.sock`)}`,
      '--api-listen',
      '127.0.0.1:0',
      ...tlsOptions(folder, certificate),
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
    for (const [name, kind] of [
      ['dashboard', 'reader'],
      ['backend', 'client'],
      ['i-0a1b', 'agent'],
    ] as const) {
      const issued = await coordinatorProgram('ca', 'issue', name, '--for', kind, '--dir', at('named'));
      expect(issued).toMatchObject({ exit: 0 });
    }
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

  test('"--tls-name" is what the certificate is checked against', async () => {
    const wrong = elsewhere.addresses.at(-1) ?? '';
    const options = tlsOptions('elsewhere', 'operator');
    expect(await instances(wrong, [...options, '--tls-name', 'parbake.example'])).toMatchObject({ exit: 0 });
    const other = await instances(address, [...tlsOptions('named', 'operator'), '--tls-name', 'other']);
    expect(other.stderr).toContain('[TLS_NAME_MISMATCH]');
    const alone = await instances(address, ['--tls-name', 'other']);
    expect(alone.stderr).toContain('TLS needs --tls-ca, --tls-cert and --tls-key');
  });

  test('A20: a CA that did not sign the server, and a client that the server does not know, are named', async () => {
    const otherServer = await instances(address, tlsOptions('named', 'operator', 'elsewhere'));
    expect(otherServer.stderr).toContain('its certificate is not signed by the CA in --tls-ca');
    const otherClient = await instances(address, tlsOptions('elsewhere', 'operator', 'named'));
    expect(otherClient).toMatchObject({ exit: 1 });
    expect(otherClient.stderr).toContain('it may not accept the certificate in --tls-cert');
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

  test('A19: NO_PROXY is read as other tools read it, and an error names the proxy', async () => {
    const tunnels: string[] = [];
    const proxy = createHttpServer().listen(0, '127.0.0.1');
    proxy.on('connect', ({ url = '' }, socket) => {
      tunnels.push(url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    const env = { https_proxy: `http://user:secret@127.0.0.1:${port}`, no_proxy: '' };
    // An address of nobody's: documentation (RFC 5737).
    const nobody = '192.0.2.1:7443';
    try {
      const refused = await instances(nobody, tlsOptions('named', 'operator'), env);
      expect(refused).toMatchObject({ exit: 1 });
      expect(refused.stderr).toContain(
        `no coordinator answers at ${nobody}: the proxy made no connection, through the proxy http://127.0.0.1:${port} [COORDINATOR_UNREACHABLE]`,
      );
      expect(refused.stderr).not.toContain('secret');
      expect(new Set(tunnels)).toEqual(new Set([nobody]));
      tunnels.length = 0;
      const direct = { ...env, NO_PROXY: ' 192.0.2.0/24 , example.com' };
      const { stderr } = await instances(nobody, tlsOptions('named', 'operator'), direct);
      expect(stderr).not.toContain('proxy');
      expect(tunnels).toEqual([]);
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

  test('a token in place of a certificate: made on the socket, shown over TLS, listed and revoked', async () => {
    mkdirSync(at('store-tokens'));
    const socket = `unix:${at('tokens.sock')}`;
    const coordinator = await startCoordinatorProcess(at('store-tokens'), [
      ...[
        '--listen',
        socket,
        '--api-listen',
        '127.0.0.1:0',
        '--api-tokens',
        ...tlsOptions('named', 'server'),
      ],
    ]);
    const cli = (...args: string[]): Promise<Ended> => node('coordinator/cli/main.ts', args);
    const there = ['--coordinator', coordinator.addresses.at(-1) ?? '', '--tls-ca', at('named', 'ca.pem')];
    try {
      const made = await cli('token', 'create', 'reader/eve', '--ttl', '1h', '--coordinator', socket);
      expect(made).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^parbake_[\w-]{43}\n$/) });
      writeFileSync(at('token'), made.stdout, { mode: 0o600 });
      const shown = ['instances', '--json', ...there, '--token-file', at('token')];
      expect(await cli(...shown)).toMatchObject({ exit: 0, stdout: '{"instances":[]}\n' });
      const listed = await cli('token', 'list', '--json', '--coordinator', socket);
      const { tokens } = JSON.parse(listed.stdout) as { tokens: { token_id: string; principal: string }[] };
      expect(tokens.map(({ principal }) => principal)).toEqual(['reader/eve']);
      expect(await cli('token', 'revoke', tokens[0]?.token_id ?? '', '--coordinator', socket)).toMatchObject({
        exit: 0,
      });
      expect((await cli(...shown)).stdout).toContain('UNAUTHENTICATED');
      for (const file of ['coordinator.db', 'coordinator.db-wal'])
        expect(readFileSync(at('store-tokens', file)).includes(made.stdout.trim())).toBe(false);
      expect(coordinator.log()).not.toContain(made.stdout.trim());
    } finally {
      await coordinator.stop();
    }
  });

  test('finding 3: the page is for readers and operators, never for agents', async () => {
    mkdirSync(at('store-page'));
    const page = await startCoordinatorProcess(at('store-page'), [
      ...['--listen', `unix:${at('page.sock')}`, '--https', '127.0.0.1:0', ...tlsOptions('named', 'server')],
    ]);
    const [url = ''] = page.urls;
    const statusFor = async (name: string, path: string): Promise<number | undefined> => {
      const [ca, cert, key] = ['ca.pem', `${name}.pem`, `${name}.key`].map((file) =>
        readFileSync(at('named', file)),
      );
      const request = get(new URL(path, url), { ca, cert, key, agent: false });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    try {
      for (const name of ['operator', 'dashboard']) expect(await statusFor(name, '/metrics')).toBe(200);
      for (const path of ['/', '/metrics', '/api/v1/fleet', '/api/v1/events'])
        expect([path, await statusFor('i-0a1b', path)]).toEqual([path, 403]);
      expect(await statusFor('backend', '/api/v1/fleet')).toBe(403);
      expect(await statusFor('agent', '/api/v1/fleet')).toBe(401);
      expect(await statusFor('i-0a1b', '/healthz')).toBe(200);
      // Calls as JSON are for those whom gRPC lets make them, and each is told in the log.
      for (const [name, status] of [
        ['operator', 404],
        ['backend', 404],
        ['i-0a1b', 403],
        ['agent', 401],
      ] as const)
        expect([name, await statusFor(name, '/v1/assignments/as-none')]).toEqual([name, status]);
      expect(page.log()).toMatch(/"method":"\/parbake\.v1\.AssignmentService\/GetAssignment"/);
    } finally {
      await page.stop();
    }
  });

  test('finding 26: TLS 1.2 is refused', async () => {
    const client = (version: string): Promise<Ended> =>
      runToEnd('openssl', [
        ...['s_client', '-connect', address, version, '-brief', '-CAfile', at('named', 'ca.pem')],
        ...['-cert', at('named', 'operator.pem'), '-key', at('named', 'operator.key')],
      ]);
    expect((await client('-tls1_2')).exit).not.toBe(0);
    expect((await client('-tls1_3')).stderr).toContain('TLSv1.3');
  });

  test("finding 26: neither a common name nor an agent's certificate passes for the coordinator", async () => {
    mkdirSync(at('impostors'));
    const authority = new TestAuthority(at('impostors'));
    for (const [name, issued, reason] of [
      [coordinatorName, { usage: 'serverAuth' }, 'has no subject alternative names'],
      ['client', { names: 'IP:127.0.0.1' }, 'unsuitable certificate purpose'],
      ['unlimited', { usage: '', names: 'IP:127.0.0.1' }, 'is not for servers'],
    ] as const) {
      authority.issue(name, issued);
      const impostor = await serve('impostors', name);
      const { exit, stderr } = await instances(impostor.addresses.at(-1) ?? '', [
        ...['--tls-ca', at('impostors', 'ca.pem')],
        ...tlsOptions('named', 'operator').slice(2),
      ]);
      await impostor.stop();
      expect(exit).toBe(1);
      expect(stderr).toContain(reason);
    }
  });

  test('finding 26: a key that others can read is refused', async () => {
    const exposed = at('named', 'exposed.key');
    copyFileSync(at('named', 'operator.key'), exposed);
    chmodSync(exposed, 0o640);
    const options = [...tlsOptions('named', 'operator').slice(0, -1), exposed];
    const { exit, stderr } = await instances(address, options);
    expect(exit).toBe(2);
    expect(stderr).toContain('[KEY_EXPOSED]');
  });

  test("finding 26: a store that others could read becomes its owner's alone", async () => {
    const file = at('store-named', 'coordinator.db');
    await named.stop();
    chmodSync(file, 0o644);
    named = await serve('named');
    address = named.addresses.at(-1) ?? '';
    for (const each of [file, `${file}-wal`]) expect(statSync(each).mode & 0o777).toBe(0o600);
  });

  test('A20: a plaintext client on the TLS port is told so', async () => {
    const { exit, stderr } = await instances(address, []);
    expect(exit).toBe(1);
    expect(stderr).toContain('this may be its TLS port');
    expect(stderr).toContain('[COORDINATOR_UNREACHABLE]');
  });

  describe('A20: the coordinator logs who was not let in and why, and counts it', () => {
    let coordinator: CoordinatorProcess;
    beforeAll(async () => {
      mkdirSync(at('store-logged'));
      coordinator = await startCoordinatorProcess(at('store-logged'), [
        ...['--listen', `unix:${at('logged.sock')}`, '--tls-listen', '127.0.0.1:0'],
        ...['--http', '127.0.0.1:0', '--https', '127.0.0.1:0', ...tlsOptions('named', 'server')],
      ]);
    });
    afterAll(() => coordinator.stop());

    const port = (address: string): number => Number(/:(\d+)\/?$/.exec(address)?.[1]);
    const grpc = (): number => port(coordinator.addresses.at(-1) ?? '');
    const page = (): number => port(coordinator.urls.at(-1) ?? '');
    const pem = (folder: string, name: string): Buffer => readFileSync(at(folder, name));

    /** A handshake whose client says nothing afterwards. */
    async function handshake(target: number, options: ConnectionOptions): Promise<void> {
      const client = connectTls({
        port: target,
        host: '127.0.0.1',
        ALPNProtocols: ['h2', 'http/1.1'],
        ca: pem('named', 'ca.pem'),
        ...options,
      });
      client.on('error', () => {});
      // What the coordinator says is read, its last word too.
      client.resume();
      await new Promise<void>((resolve) => void client.on('close', () => resolve()));
    }
    const counted = async (kind: string): Promise<number> => {
      const text = await (await fetch(`${coordinator.urls[0] ?? ''}metrics`)).text();
      const sample = new RegExp(`^parbake_tls_handshake_failures_total\\{kind="${kind}"\\} (\\d+)$`, 'm');
      return Number(sample.exec(text)?.[1] ?? 0);
    };
    const lines = (): { peer: string; kind: string; reason: string }[] =>
      coordinator
        .log()
        .split('\n')
        .filter((line) => line.includes('TLS handshake failed'))
        .map((line) => JSON.parse(line) as { peer: string; kind: string; reason: string });

    test.each([
      [
        'untrusted_certificate',
        'a certificate of another CA',
        () => handshake(grpc(), { cert: pem('elsewhere', 'agent.pem'), key: pem('elsewhere', 'agent.key') }),
        'its certificate is not signed by the CA in --tls-ca',
      ],
      ['no_certificate', 'no certificate', () => handshake(grpc(), {}), 'it showed no certificate'],
      [
        'closed',
        'its own doubts',
        () =>
          handshake(grpc(), {
            ca: pem('elsewhere', 'ca.pem'),
            cert: pem('named', 'agent.pem'),
            key: pem('named', 'agent.key'),
          }),
        'it may not trust this certificate',
      ],
      [
        'plaintext',
        'plaintext, on the port of the page',
        async () => {
          await fetch(`http://127.0.0.1:${page()}/`).catch(() => {});
        },
        'it does not speak TLS',
      ],
    ] as const)('%s: a client with %s', async (kind, _, connect, reason) => {
      await connect();
      const line = await waitFor('the line', () => lines().find((one) => one.kind === kind));
      expect(line.peer).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(line.reason).toContain(reason);
      expect(await counted(kind)).toBe(1);
      // Again at once: counted, and not written a second time.
      await connect();
      await waitFor('it to be counted', async () => (await counted(kind)) === 2);
      expect(lines().filter((one) => one.kind === kind)).toHaveLength(1);
    });

    test('a health check that connects and says nothing is no fault', async () => {
      const before = lines().length;
      const probe = connect({ port: grpc(), host: '127.0.0.1' });
      await once(probe, 'connect');
      probe.end();
      probe.resume();
      await once(probe, 'close');
      await handshake(page(), {});
      await waitFor('the handshake after it', async () => (await counted('no_certificate')) === 3);
      expect(lines()).toHaveLength(before);
    });
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
