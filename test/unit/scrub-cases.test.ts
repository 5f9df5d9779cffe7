import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { builderRoot, treeOf } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => void (root = builderRoot([])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (name: string): string => join(root, name);
const put = (name: string, content: string): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
};
const scrubIt = (...args: string[]) => runCommand(scrubCommand, ['--root', root, '--yes', ...args]);
const failed = async (): Promise<string[]> => {
  const { rules } = await verify(rootAt(root));
  return rules.filter(({ passed }) => !passed).map(({ id, found }) => `${id}: ${found.join(' ')}`);
};

test('B3: an absent machine-id is created empty, and verify fails without it', async () => {
  expect(await failed()).toEqual(['machine-id: /etc/machine-id']);
  expect((await scrubIt()).exit).toBe(0);
  expect(readFileSync(path('etc/machine-id'), 'utf8')).toBe('');
  expect(statSync(path('etc/machine-id')).mode & 0o777).toBe(0o444);
  expect((await verify(rootAt(root))).sealed).toBe(true);
  rmSync(path('etc/machine-id'));
  const { sealed } = await verify(rootAt(root));
  expect([sealed, await failed()]).toEqual([false, ['machine-id: /etc/machine-id']]);
});

describe('B4: homes of the accounts in /etc/passwd', () => {
  const passwd = (...homes: string[]): void =>
    put(
      'etc/passwd',
      homes.map((home, index) => `u${index}:x:${index}:${index}::${home}:/bin/sh\n`).join(''),
    );
  const login = '{"auths":{"r":{"auth":"dXNlcjpwYXNzd29yZA=="}}}';
  const inHome = ['.ssh/id_ed25519', '.ssh/authorized_keys', '.bash_history', '.aws/credentials', '.netrc'];

  test('are scrubbed wherever they are', async () => {
    passwd('/srv/deploy', '/var/lib/jenkins', '/data', '/nonexistent', '/');
    const files = ['srv/deploy', 'var/lib/jenkins', 'data', 'root', 'home/other'].flatMap((home) =>
      inHome.map((name) => `${home}/${name}`),
    );
    for (const name of files) put(name, 'x');
    put('var/lib/jenkins/.docker/config.json', login);
    put('var/lib/jenkins/work/.bash_history', 'a project has this file');
    expect((await scrubIt()).exit).toBe(0);
    expect(files.filter((name) => existsSync(path(name)))).toEqual([]);
    expect(existsSync(path('var/lib/jenkins/.docker/config.json'))).toBe(false);
    expect(existsSync(path('var/lib/jenkins/work/.bash_history'))).toBe(true);
    put('data/.bash_history', 'x');
    expect(await failed()).toEqual(['histories: /data/.bash_history']);
  });

  test('are searched for secrets without a rule', async () => {
    passwd('/var/lib/jenkins', '/usr/sbin');
    put('var/lib/jenkins/.ssh/deploy', `-----BEGIN OPENSSH PRIVATE KEY-----\n${'A'.repeat(64)}\n`);
    const refused = await scrubIt();
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/var/lib/jenkins/.ssh/deploy (a private key)');
  });

  test("may be links, and are not Docker's layers, the kernel's files or outside of the root", async () => {
    const outside = mkdtempSync(join(tmpdir(), 'parbake-outside-'));
    try {
      writeFileSync(join(outside, '.netrc'), 'precious');
      put('mnt/homes/ada/.netrc', 'x');
      put('var/lib/docker/overlay2/layer/diff/root/.netrc', 'image');
      put('proc/1/root/.netrc', 'running');
      mkdirSync(path('people'), { recursive: true });
      symlinkSync('/mnt/homes/ada', path('people/ada'));
      symlinkSync(outside, path('people/eve'));
      symlinkSync('/var/lib/docker/overlay2/layer/diff/root', path('people/mallory'));
      const long = `/people/${'x'.repeat(5000)}`;
      passwd(
        '/people/ada',
        '/people/eve',
        '/people/mallory',
        `/..${outside}`,
        '/proc/1/root',
        'relative',
        long,
      );
      expect((await scrubIt('--keep', 'docker-orphaned-layers')).exit).toBe(0);
      expect(existsSync(path('mnt/homes/ada/.netrc'))).toBe(false);
      expect(readFileSync(join(outside, '.netrc'), 'utf8')).toBe('precious');
      expect(existsSync(path('var/lib/docker/overlay2/layer/diff/root/.netrc'))).toBe(true);
      expect(existsSync(path('proc/1/root/.netrc'))).toBe(true);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('that cannot be read are not taken for absent', async () => {
    mkdirSync(path('etc/passwd'), { recursive: true });
    const refused = await scrubIt();
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('cannot look at /etc/passwd');
  });
});

describe('B15: what a builder was told to be', () => {
  const planted: Record<string, string> = {
    'lvm-devices': 'etc/lvm/devices/system.devices',
    'vpn-nodes': 'var/lib/tailscale/tailscaled.state',
    'configuration-agents': 'etc/salt/pki/minion/minion.pem',
    'monitoring-agents': 'etc/datadog-agent/auth_token',
    'packer-sudoers': 'etc/sudoers.d/packer',
  };
  test.each(Object.entries(planted))('%s goes, and verify names it', async (rule, file) => {
    put(file, 'x');
    expect((await scrubIt()).exit).toBe(0);
    expect(existsSync(path(file))).toBe(false);
    put(file, 'x');
    expect(await failed()).toEqual([`${rule}: /${file}`]);
  });

  test('its name in /etc/hosts goes, and other lines stay', async () => {
    const others =
      '127.0.0.1 localhost\n# 127.0.1.1 is ours\n10.0.0.7 registry\n::1 localhost ip6-localhost\n';
    put('etc/hosts', `${others}127.0.1.1\tbuilder.example builder\n`);
    expect((await scrubIt()).exit).toBe(0);
    expect(readFileSync(path('etc/hosts'), 'utf8')).toBe(others);
  });

  test("a proxy's password in a drop-in goes, and its other settings stay", async () => {
    const dropIn = 'etc/systemd/system/docker.service.d/http-proxy.conf';
    const others =
      '[Service]\nEnvironment="NO_PROXY=localhost"\nEnvironment="HTTP_PROXY=http://proxy:3128"\n';
    put(dropIn, `${others}Environment="HTTPS_PROXY=http://build:hunter22@proxy:3128"\n`);
    put('etc/dnf/dnf.conf', '[main]\ngpgcheck=1\nproxy=http://proxy:3128\nproxy_password=hunter22\n');
    expect((await scrubIt()).exit).toBe(0);
    expect(readFileSync(path(dropIn), 'utf8')).toBe(others);
    expect(readFileSync(path('etc/dnf/dnf.conf'), 'utf8')).toBe(
      '[main]\ngpgcheck=1\nproxy=http://proxy:3128\n',
    );
  });

  test('a password that no rule knows is refused, with its place', async () => {
    put('etc/acme/upstream.conf', 'upstream http://build:hunter22@acme/\n');
    const refused = await scrubIt();
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/etc/acme/upstream.conf (a URL with a password)');
  });
});

describe('B20: secrets by content and by spool', () => {
  test.each([
    ['docker-buildx', 'root/.docker/.buildNodeID'],
    ['at-jobs', 'var/spool/cron/atjobs/a0000101a2b3c4'],
    ['at-jobs', 'var/spool/at/a0000101a2b3c4'],
    ['crontabs', 'var/spool/cron/crontabs/root'],
    ['crontabs', 'var/spool/cron/root'],
    ['mail', 'var/spool/mail/root'],
    ['mail', 'var/spool/postfix/deferred/A/A123'],
  ])('%s: %s goes, and verify names it', async (rule, file) => {
    put(file, 'x');
    expect((await scrubIt()).exit).toBe(0);
    expect(existsSync(path(file))).toBe(false);
    put(file, 'x');
    expect(await failed()).toEqual([`${rule}: /${file}`]);
  });

  test('a private key is found whatever its name', async () => {
    put(
      'root/deploy.pem',
      `-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END RSA PRIVATE KEY-----\n`,
    );
    const refused = await scrubIt();
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/root/deploy.pem (a private key)');
  });
});

test("B22: stamps of systemd's timers go, so that a clone's boot has nothing to catch up on", async () => {
  put('var/lib/systemd/timers/stamp-logrotate.timer', '');
  put('var/lib/systemd/timers/README', '');
  expect((await scrubIt()).exit).toBe(0);
  expect(existsSync(path('var/lib/systemd/timers/stamp-logrotate.timer'))).toBe(false);
  expect(existsSync(path('var/lib/systemd/timers/README'))).toBe(true);
});

test('B10: a scrub that is interrupted while Docker is asked says so, and removes nothing', async () => {
  const socket = join(root, 'run/docker.sock');
  mkdirSync(dirname(socket), { recursive: true });
  const interrupt = new AbortController();
  const pidFile = path('run/docker.pid');
  mkdirSync(path('usr/bin'), { recursive: true });
  copyFileSync('/bin/sleep', path('usr/bin/dockerd'));
  const daemon = spawn(path('usr/bin/dockerd'), ['600']);
  writeFileSync(pidFile, String(daemon.pid));
  // It takes the question, and is silent.
  const engine = createServer(() => interrupt.abort());
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  try {
    const before = treeOf(join(root, 'etc'));
    const ended = await runCommand(
      scrubCommand,
      ['--root', root, '--yes', '--docker-pidfile', pidFile],
      {},
      interrupt,
    );
    expect(ended.stderr).toContain('[INTERRUPTED]');
    expect(ended.exit).toBe(1);
    expect(treeOf(join(root, 'etc'))).toEqual(before);
  } finally {
    engine.close();
    daemon.kill();
  }
});
