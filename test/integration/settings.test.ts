import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readStatus } from '../../agent/daemon/status-socket.ts';
import { startImdsServer, type ImdsServer } from '../fakes/imds-server.ts';
import { agentProgram } from '../testbed/parbake.ts';
import { startProgram, type Started } from '../testbed/processes.ts';
import { waitFor } from '../testbed/wait.ts';

const project = join(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'parbake-late-settings-'));
const certificates = join(place, 'certificates');
const instance = { 'instance-id': 'i-0123456789abcdef0', 'local-ipv4': '10.0.0.7' };
const tag = 'tags/instance/parbake:coordinator';

beforeAll(() => {
  const coordinator = join(project, 'coordinator/main.ts');
  const init = ['ca', 'init', '--dir', certificates, '--host', '10.0.1.10', '--shared-agent'];
  mkdirSync(certificates);
  expect(spawnSync(process.execPath, [coordinator, ...init], { stdio: 'inherit' }).status).toBe(0);
});

/** A daemon that is started as systemd does it, without an Engine. */
interface Daemon {
  started: Started;
  /** Writes a file below its root. */
  write: (path: string, text: string) => void;
  /** What it told systemd. */
  told: () => string[];
  status: () => ReturnType<typeof readStatus>;
  socket: string;
}

const running: Started[] = [];
const servers: ImdsServer[] = [];
afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function startDaemon(options: readonly string[], files: Record<string, string> = {}): Daemon {
  const directory = mkdtempSync(join(place, 'daemon-'));
  const below = (path: string): string => join(directory, 'root', path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(below(path)), { recursive: true });
    writeFileSync(below(path), text);
  };
  mkdirSync(below('run/parbake'), { recursive: true });
  for (const [path, text] of Object.entries(files)) write(path, text);
  const told = join(directory, 'told');
  const notify = join(directory, 'systemd-notify');
  writeFileSync(notify, `#!/bin/sh\necho "$*" >> ${told}\n`);
  chmodSync(notify, 0o755);
  const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '@parbake' };
  const command = [agentProgram, 'run', '--root', below(''), ...options];
  const started = startProgram(process.execPath, command, join(directory, 'log'), env);
  running.push(started);
  const socket = below('run/parbake/agent.sock');
  return {
    started,
    write,
    socket,
    told: () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []),
    status: () => readStatus(socket),
  };
}

async function waitsFor(what: string, { status, started }: Daemon): ReturnType<typeof readStatus> {
  return await waitFor(`the agent to wait for ${what}`, async () => {
    if (started.ended() !== undefined) throw new Error(`the agent has ended: ${started.log()}`);
    const found = await status().catch(() => undefined);
    return found?.waiting_for === what && found;
  });
}

/** @returns why the agent waits, once it is for this; on a busy machine the metadata service may be late before it answers */
async function reasonWith(code: string, daemon: Daemon): Promise<string> {
  return await waitFor(`the agent to say ${code}`, async () => {
    const { last_error: reason } = await waitsFor('settings', daemon);
    return reason.includes(code) && reason;
  });
}

async function coordinatorOf(daemon: Daemon): Promise<string> {
  const { settings } = await daemon.status();
  const { value, where } = settings.find(({ name }) => name === 'coordinator') ?? {};
  return `${value ?? ''} from ${where ?? ''}`;
}

async function anImds(values: Record<string, string>, asked: string[] = []): Promise<string> {
  const server = await startImdsServer(
    { ...instance, ...values },
    { fault: (path) => void asked.push(path) },
  );
  servers.push(server);
  return server.url;
}

const offline = ['--imds', 'off', '--instance-id', 'i-test'];
const tls = (directory: string): string[] => [
  ...['--tls-ca', join(directory, 'ca.pem'), '--tls-cert', join(directory, 'agent.pem')],
  ...['--tls-key', join(directory, 'agent.key')],
];

test("an agent without its coordinator's address waits, says what it needs, and goes on when a file has it", async () => {
  const daemon = startDaemon(offline);
  const { last_error: reason } = await waitsFor('settings', daemon);
  expect(reason).toContain("COORDINATOR_NOT_SET: the coordinator's address is not set");
  for (const way of [
    '/etc/parbake/agent.conf',
    '/etc/default/parbake-agent',
    'user data',
    'parbake:coordinator',
  ])
    expect(reason).toContain(way);
  await waitFor('systemd to be told', () => daemon.told().length === 2);
  expect(daemon.told()).toContain('--ready');
  expect(daemon.told()).toContain(`--status=waiting for settings: ${reason}`);
  daemon.write('etc/parbake/agent.conf', 'coordinator = unix:/run/parbake/coordinator.sock\n');
  await waitsFor('Docker', daemon);
  expect(await coordinatorOf(daemon)).toMatch(
    /^unix:\/run\/parbake\/coordinator\.sock from coordinator in .*\/etc\/parbake\/agent\.conf$/,
  );
  await waitFor('systemd to be told the address', () => {
    return daemon.told().at(-1) === '--status=checking in with unix:/run/parbake/coordinator.sock';
  });
  expect(daemon.started.ended()).toBeUndefined();
  // Once is enough, however long it waited.
  expect(daemon.started.log().match(/waiting for settings/g)).toHaveLength(1);
});

test("the service's environment file counts before the settings file, and a mistake in it is named", async () => {
  const daemon = startDaemon(offline, { 'etc/parbake/agent.conf': 'log-level = debug\n' });
  await waitsFor('settings', daemon);
  daemon.write('etc/default/parbake-agent', 'PARBAKE_COORDINATOR=10.0.1.10:7443\nPARBAKE_SAMPLES=never\n');
  expect(await reasonWith('PARBAKE_SAMPLES', daemon)).toContain('takes on or off, not "never"');
  daemon.write('etc/default/parbake-agent', '# ours\nPARBAKE_COORDINATOR="unix:/a.sock"\n');
  daemon.write('etc/parbake/agent.conf', 'coordinator = unix:/b.sock\n');
  await waitsFor('Docker', daemon);
  expect(await coordinatorOf(daemon)).toBe('unix:/a.sock from PARBAKE_COORDINATOR');
});

test('an agent whose certificates arrive later waits for them', async () => {
  const late = mkdtempSync(join(place, 'late-'));
  const daemon = startDaemon([...offline, ...tls(late)], {
    'etc/parbake/agent.conf': 'coordinator = 10.0.1.10:7443\n',
  });
  const { last_error: reason } = await waitsFor('settings', daemon);
  expect(reason).toContain('TLS_UNREADABLE');
  for (const name of ['ca.pem', 'agent.pem', 'agent.key'])
    copyFileSync(join(certificates, name), join(late, name));
  await waitsFor('Docker', daemon);
});

test.each([
  [
    'user data, which counts before a tag',
    {
      'user-data': '#cloud-config\n# parbake-agent: coordinator = 10.0.1.10:7443\n',
      [tag]: '10.0.1.11:7443',
    },
    '10.0.1.10:7443 from coordinator in user data',
  ],
  ['an instance tag', { [tag]: '10.0.1.11:7443' }, '10.0.1.11:7443 from instance tag parbake:coordinator'],
])('the address comes from %s', async (_, values, expected) => {
  const daemon = startDaemon(['--imds', await anImds(values), ...tls(certificates)]);
  await waitsFor('Docker', daemon);
  expect(await coordinatorOf(daemon)).toBe(expected);
});

test('user data cannot say which authority to trust, nor do without TLS', async () => {
  const line = (setting: string): string => `# parbake-agent: ${setting}\n`;
  const address = line('coordinator = 10.0.1.10:7443');
  const forged = startDaemon([
    '--imds',
    await anImds({ 'user-data': address + line('tls-ca = /tmp/ca.pem') }),
  ]);
  expect(await reasonWith('line 2 of the user data', forged)).toContain('user data may not set "tls-ca"');
  const plaintext = startDaemon(['--imds', await anImds({ 'user-data': address })]);
  expect(await reasonWith('INSECURE_ADDRESS', plaintext)).toContain('10.0.1.10:7443');
});

test('an agent that knows its coordinator does not ask for user data or tags', async () => {
  const asked: string[] = [];
  const daemon = startDaemon([
    '--imds',
    await anImds({ 'user-data': 'x' }, asked),
    '--coordinator',
    'unix:/a.sock',
  ]);
  await waitsFor('Docker', daemon);
  expect(asked.filter((path) => /user-data|tags/.test(path))).toEqual([]);
  expect(asked).toContain('/latest/meta-data/instance-id');
});

test('status shows each setting with its value and its origin, and no key', async () => {
  const key = readFileSync(join(certificates, 'agent.key'), 'utf8');
  const daemon = startDaemon([...offline, `--tls-key=${key}`], {
    'etc/parbake/agent.conf': 'log-level = debug\n',
  });
  await waitsFor('settings', daemon);
  const status = ['status', '--socket', daemon.socket];
  const { stdout } = spawnSync(process.execPath, [agentProgram, ...status], { encoding: 'utf8' });
  expect(stdout).toMatch(/^waiting_for {8}settings$/m);
  expect(stdout).toMatch(/^ {2}instance-id +i-test +--instance-id$/m);
  expect(stdout).toMatch(/^ {2}log-level +debug +log-level in .*\/agent\.conf$/m);
  expect(stdout).toMatch(/^ {2}replay +on +default$/m);
  expect(stdout).toMatch(/^ {2}tls-key +\(hidden: not one line of text\) +--tls-key$/m);
  expect(stdout).not.toContain('PRIVATE KEY');
});
