import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, status, type ChannelCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AttestedIdentity, type AttestOptions } from '../../agent/session/attest.ts';
import type { OwnIdentity } from '../../agent/session/own-certificate.ts';
import { createLogger } from '../../proto/process/log.ts';
import { clientOptions, serverOnlyCredentials } from '../../proto/wire/channel.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { startImdsServer, type ImdsServer } from '../fakes/imds-server.ts';
import { startSimulatedAgent, type SimulatedAgent } from '../fakes/simulated-agent.ts';
import { startSts, type Sts } from '../fakes/sts.ts';
import { identityDocument, makeRegionSigner, signDocument } from '../support/openssl.ts';
import { runToEnd, type Ended } from '../testbed/command.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { waitFor } from '../testbed/wait.ts';

const project = join(import.meta.dirname, '../..');
const logger = createLogger('test', 'silent');

describe('an instance that attests', () => {
  let directory: string;
  let coordinator: CoordinatorProcess;
  let more: string[];
  let env: Record<string, string>;
  const opened: { close(): void }[] = [];
  const agents: SimulatedAgent[] = [];
  const at = (...parts: string[]): string => join(directory, ...parts);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-attest-'));
    more = [];
    env = {};
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.cut();
    for (const each of opened.splice(0)) each.close();
    await coordinator.stop();
    rmSync(directory, { recursive: true });
  });

  const start = async (): Promise<void> => {
    coordinator = await startCoordinatorProcess(
      directory,
      [
        ...['--listen', `unix:${at('operators.sock')}`, '--ca', at('ca')],
        ...['--tls-listen', '127.0.0.1:0', '--attest-listen', '127.0.0.1:0'],
        ...['--join-token-file', at('join-token'), ...more],
      ],
      { env },
    );
  };
  const address = (): string => coordinator.addresses[1] ?? '';
  const attestAddress = (): string => coordinator.addresses[2] ?? '';
  const identity = (instanceId: string, options: Partial<AttestOptions> = {}): AttestedIdentity =>
    new AttestedIdentity({
      by: { kind: 'join-token', file: at('join-token') },
      attestAddress: attestAddress(),
      address: address(),
      tls: { ca: existsSync(at('ca')) ? readFileSync(at('ca', 'ca.pem')) : Buffer.alloc(0) },
      env: {},
      instanceId,
      path: at('state', instanceId, 'identity.json'),
      imds: [],
      logger,
      random: () => 0.5,
      ...options,
    });
  const stored = (instanceId: string): OwnIdentity =>
    JSON.parse(readFileSync(at('state', instanceId, 'identity.json'), 'utf8')) as OwnIdentity;
  const connect = async (shown: ChannelCredentials, instanceId: string): Promise<SimulatedAgent> => {
    const { AgentService } = parbakeV1('AgentService');
    const client = new AgentService(address(), shown, clientOptions(address()));
    opened.push(client);
    const agent = await startSimulatedAgent(client, { instanceId, role: 'web' });
    agents.push(agent);
    return agent;
  };
  const operator = (...args: string[]): Promise<Ended> =>
    runToEnd(process.execPath, [
      join(project, 'coordinator/cli/main.ts'),
      ...args,
      ...['--coordinator', `unix:${at('operators.sock')}`],
    ]);

  test('with a join token checks in under its own name, and under no other', async () => {
    await start();
    const own = identity('rack-7');
    const shown = await own.credentials();
    await connect(shown, 'rack-7');
    await expect(connect(shown, 'rack-8').catch(codeOf)).resolves.toBe('PERMISSION_DENIED');
    expect(statSync(at('join-token')).mode & 0o777).toBe(0o600);
    const { certificate } = stored('rack-7');
    expect(new X509Certificate(certificate?.chain ?? '').subjectAltName).toBe(
      'URI:spiffe://parbake/agent/rack-7',
    );
  });

  test('uses its certificate again after a restart, without a token', async () => {
    await start();
    await identity('rack-7').credentials();
    const before = stored('rack-7');
    rmSync(at('join-token'));
    await connect(await identity('rack-7').credentials(), 'rack-7');
    expect(stored('rack-7')).toEqual(before);
  });

  test('gets a token from an operator, and a used one admits nobody else', async () => {
    await start();
    await identity('rack-7').credentials();
    await expect(identity('rack-8').credentials()).rejects.toThrow(
      expect.objectContaining({ code: 'JOIN_TOKEN_INVALID' }),
    );
    const { exit, stdout } = await operator('join-token', 'create', '--instance', 'rack-8', '--ttl', '1m');
    expect(exit).toBe(0);
    writeFileSync(at('token-8'), stdout);
    const by = { kind: 'join-token' as const, file: at('token-8') };
    await expect(identity('rack-9', { by }).credentials()).rejects.toThrow('rack-9');
    await connect(await identity('rack-8', { by }).credentials(), 'rack-8');
  });

  test('renews in time with a new key, and the old certificate dies with the first use of the new one', async () => {
    more = ['--certificate-ttl', '30s'];
    await start();
    const own = identity('rack-7', { random: () => 0 });
    const old = await own.credentials();
    const first = stored('rack-7');
    await connect(old, 'rack-7');
    const stopping = new AbortController();
    const renewed = new Promise<void>((resolve) => (own.onRenewed = resolve));
    const running = own.run(stopping.signal);
    await renewed;
    const second = stored('rack-7');
    expect(second.key).not.toBe(first.key);
    expect(second.nextKey).toBeUndefined();
    expect(second.certificate?.generation).toBe(2);
    await connect(await own.credentials(), 'rack-7');
    await expect(connect(old, 'rack-7').catch(codeOf)).resolves.toBe('UNAUTHENTICATED');
    stopping.abort();
    await running;
  });

  test('proves itself again with its key once its certificate has expired', async () => {
    more = ['--certificate-ttl', '10s'];
    await start();
    await identity('rack-7').credentials();
    const first = stored('rack-7');
    await waitFor('the certificate to expire', () => Date.now() > (first.certificate?.expireTime ?? 0));
    await connect(await identity('rack-7').credentials(), 'rack-7');
    expect(stored('rack-7')).toMatchObject({ key: first.key, certificate: { generation: 2 } });
  });

  test('that is locked is cut off at once and stays out, until an operator readmits it', async () => {
    await start();
    const own = identity('rack-7');
    const agent = await connect(await own.credentials(), 'rack-7');
    expect(await operator('lock', 'rack-7', '--reason', 'stolen')).toMatchObject({
      exit: 0,
      stdout: 'rack-7  LOCKED\n',
    });
    expect(status[await agent.ended]).toBe('UNAUTHENTICATED');
    own.refused();
    await expect(own.credentials()).rejects.toThrow(expect.objectContaining({ code: 'INSTANCE_LOCKED' }));
    const { stdout } = await operator('events', '--instance', 'rack-7', '--json');
    expect(stdout).toContain('stolen');
    expect(await operator('readmit', 'rack-7')).toMatchObject({ exit: 0 });
    await connect(await own.credentials(), 'rack-7');
  });

  test('that lost its key is a conflict, also with a new token, until an operator readmits it', async () => {
    await start();
    await identity('rack-7').credentials();
    rmSync(at('state'), { recursive: true });
    writeFileSync(at('join-token'), (await operator('join-token', 'create')).stdout);
    const lost = identity('rack-7');
    await expect(lost.credentials()).rejects.toThrow(
      expect.objectContaining({
        code: 'IDENTITY_CONFLICT',
        details: expect.objectContaining({ retryAfterMs: 60_000 }),
      }),
    );
    await operator('readmit', 'rack-7');
    await connect(await lost.credentials(), 'rack-7');
  });

  test('is still known after the coordinator restarted', async () => {
    await start();
    const own = identity('rack-7');
    await own.credentials();
    const ca = readFileSync(at('ca', 'ca.pem'));
    await coordinator.stop();
    await start();
    expect(readFileSync(at('ca', 'ca.pem'))).toEqual(ca);
    const again = identity('rack-7');
    await connect(await again.credentials(), 'rack-7');
    expect(stored('rack-7').certificate?.generation).toBe(1);
  });

  test('of an old image follows the coordinator from one root to another', async () => {
    const ca = (...args: string[]): Promise<Ended> =>
      runToEnd(process.execPath, [join(project, 'coordinator/main.ts'), 'ca', ...args]);
    for (const name of ['old', 'new'])
      expect(await ca('init', '--dir', at(name), '--host', '127.0.0.1')).toMatchObject({ exit: 0 });
    const root = (name: string): Buffer => readFileSync(at(name, 'ca.pem'));
    writeFileSync(at('both.pem'), Buffer.concat([root('old'), root('new')]));
    /** Which roots it accepts, which signed its own certificate, and which signs those of agents. */
    const serve = async (accepted: string, server: string, issuer: string): Promise<void> => {
      coordinator = await startCoordinatorProcess(directory, [
        ...['--listen', `unix:${at('operators.sock')}`],
        ...['--tls-listen', '127.0.0.1:0', '--attest-listen', '127.0.0.1:0', '--attest-none'],
        ...['--tls-ca', at(accepted)],
        ...['--tls-cert', at(server, 'server.pem'), '--tls-key', at(server, 'server.key')],
        ...['--issuer-cert', at(issuer, 'ca.pem'), '--issuer-key', at(issuer, 'ca.key')],
      ]);
    };
    const by = { kind: 'none' as const };
    const oldImage = { by, tls: { ca: root('old') } };
    await serve('old/ca.pem', 'old', 'old');
    await connect(await identity('rack-7', oldImage).credentials(), 'rack-7');
    const before = stored('rack-7').certificate?.chain ?? '';
    await coordinator.stop();
    // Both roots are accepted, and new certificates come from the new one: the old image knows only the old one.
    await serve('both.pem', 'old', 'new');
    await connect(await identity('rack-7', oldImage).credentials(), 'rack-7');
    const again = identity('rack-7', oldImage);
    again.refused();
    await connect(await again.credentials(), 'rack-7');
    const after = new X509Certificate(stored('rack-7').certificate?.chain ?? '');
    expect(after.toString()).not.toBe(before);
    expect(after.verify(new X509Certificate(root('new')).publicKey)).toBe(true);
    await coordinator.stop();
    // New images know both, so that the coordinator's own certificate can change too.
    await serve('both.pem', 'new', 'new');
    const newImage = { by, tls: { ca: readFileSync(at('both.pem')) } };
    await connect(await identity('rack-8', newImage).credentials(), 'rack-8');
    await expect(identity('rack-9', oldImage).credentials()).rejects.toThrow(
      expect.objectContaining({ code: 'COORDINATOR_UNREACHABLE' }),
    );
  });

  test('reaches nothing but Attest and Health before it has a certificate', async () => {
    await start();
    const ca = readFileSync(at('ca', 'ca.pem'));
    const shown = serverOnlyCredentials(attestAddress(), { ca });
    const client = new Client(attestAddress(), shown, clientOptions(attestAddress()));
    opened.push(client);
    expect(await outcome(client, '/grpc.health.v1.Health/Check')).toBe('OK');
    for (const method of [
      'AgentService/CheckIn',
      'AttestService/Renew',
      'FleetService/ListInstances',
      'TrustService/CreateJoinToken',
    ])
      expect([method, await outcome(client, `/parbake.v1.${method}`)]).toEqual([method, 'PERMISSION_DENIED']);
  });

  test('trusts no coordinator whose certificate another CA signed', async () => {
    await start();
    await expect(
      runToEnd(process.execPath, [
        join(project, 'coordinator/main.ts'),
        'ca',
        'init',
        '--dir',
        at('other'),
        '--host',
        '127.0.0.1',
      ]),
    ).resolves.toMatchObject({ exit: 0 });
    const stranger = identity('rack-7', { tls: { ca: readFileSync(at('other', 'ca.pem')) } });
    await expect(stranger.credentials()).rejects.toThrow(
      expect.objectContaining({ code: 'COORDINATOR_UNREACHABLE' }),
    );
    // Nothing was sent: the token still admits somebody.
    await connect(await identity('rack-8').credentials(), 'rack-8');
  });
});

describe('an instance of EC2 that attests', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-attest-aws-'));
  const [akid, secret] = ['ASIAQQQQQQQQQQQQQQQQ', 'the secret access key'];
  const instanceId = 'i-0123456789abcdef0';
  let sts: Sts;
  let imds: ImdsServer;
  let coordinator: CoordinatorProcess;

  beforeAll(async () => {
    await makeRegionSigner(directory, 'eu-central-1');
    const pendingTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const document = await signDocument(directory, 'eu-central-1', identityDocument({ pendingTime }));
    sts = await startSts({ credentials: new Map([[akid, secret]]) });
    sts.answers({ accountId: '123456789012', role: 'aws:ec2-instance', session: instanceId });
    const role = { AccessKeyId: akid, SecretAccessKey: secret, Token: 'a-token-of-some-length' };
    imds = await startImdsServer({
      'dynamic/instance-identity/rsa2048': document.toString('base64'),
      'identity-credentials/ec2/security-credentials/ec2-instance': JSON.stringify(role),
      'placement/region': 'eu-central-1',
    });
    writeFileSync(
      join(directory, 'policy.yaml'),
      [
        'apiVersion: parbake/v1',
        'aws:',
        '  certificates: { eu-central-1: eu-central-1.pem }',
        '  rules:',
        '    - accounts: ["123456789012"]',
        '      max_pending_age: 1h',
        '',
      ].join('\n'),
    );
    coordinator = await startCoordinatorProcess(
      directory,
      [
        ...['--listen', `unix:${join(directory, 'operators.sock')}`, '--ca', join(directory, 'ca')],
        ...['--tls-listen', '127.0.0.1:0', '--attest-listen', '127.0.0.1:0'],
        ...['--attest-policy', join(directory, 'policy.yaml')],
      ],
      { env: { AWS_ENDPOINT_URL_STS: sts.url } },
    );
  });
  afterAll(async () => {
    await coordinator.stop();
    await imds.close();
    await sts.close();
    rmSync(directory, { recursive: true });
  });

  const identity = (name: string, claimed = instanceId): AttestedIdentity =>
    new AttestedIdentity({
      by: { kind: 'aws' },
      attestAddress: coordinator.addresses[2] ?? '',
      address: coordinator.addresses[1] ?? '',
      tls: { ca: readFileSync(join(directory, 'ca', 'ca.pem')) },
      env: {},
      instanceId: claimed,
      path: join(directory, name, 'identity.json'),
      imds: [imds.url],
      logger,
      random: () => 0.5,
    });

  test('needs nothing but its metadata service, and is admitted once', async () => {
    const address = coordinator.addresses[1] ?? '';
    const shown = await identity('own').credentials();
    const { AgentService } = parbakeV1('AgentService');
    const client = new AgentService(address, shown, clientOptions(address));
    const agent = await startSimulatedAgent(client, { instanceId, role: 'web' });
    agent.cut();
    client.close();
    // A container of the same machine reaches the same metadata service, and comes second.
    await expect(identity('container').credentials()).rejects.toThrow(
      expect.objectContaining({ code: 'IDENTITY_CONFLICT' }),
    );
    expect(existsSync(join(directory, 'container', 'identity.json'))).toBe(true);
  });

  test('cannot pass for another instance', async () => {
    await expect(identity('liar', 'i-0fffffffffffffff0').credentials()).rejects.toThrow(
      expect.objectContaining({ code: 'ATTESTATION_INVALID' }),
    );
  });
});

/** How a call without a message ended. */
function outcome(client: Client, path: string): Promise<string> {
  return new Promise((resolve) => {
    const call = client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
    );
    call.on('data', () => {});
    call.on('error', () => {});
    call.on('status', ({ code }) => resolve(status[code]));
    call.write(Buffer.alloc(0));
    call.end();
  });
}

function codeOf(cause: unknown): string {
  return fromStatus(cause).code;
}
