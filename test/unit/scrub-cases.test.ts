import { execFileSync, spawn } from 'node:child_process';
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
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { discardFreeBlocks } from '../../agent/scrub/discard.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
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

describe('B17: identities that packages make when they are installed', () => {
  const iscsi = 'etc/iscsi/initiatorname.iscsi';
  const named = '## A comment\nInitiatorName=iqn.1993-08.org.debian:01:builder\n';

  test('of the NVMe host go, and verify names them', async () => {
    put('etc/nvme/hostid', '11111111-2222-3333-4444-555555555555\n');
    put('etc/nvme/hostnqn', 'nqn.2014-08.org.nvmexpress:uuid:1\n');
    put('etc/nvme/discovery.conf', 'x');
    expect((await scrubIt()).exit).toBe(0);
    expect(existsSync(path('etc/nvme/hostid'))).toBe(false);
    expect(existsSync(path('etc/nvme/discovery.conf'))).toBe(true);
    put('etc/nvme/hostnqn', 'x');
    expect(await failed()).toEqual(['nvme-host: /etc/nvme/hostnqn']);
  });

  test('of iSCSI are made anew: the file stays and says so', async () => {
    put(iscsi, named);
    expect((await scrubIt()).exit).toBe(0);
    expect(readFileSync(path(iscsi), 'utf8')).toBe('GenerateName=yes\n');
    put(iscsi, named);
    expect(await failed()).toEqual([`iscsi-initiator: /${iscsi}`]);
  });

  test('of iSCSI go where a unit makes the file', async () => {
    put(iscsi, named);
    put('usr/lib/systemd/system/iscsi-init.service', '');
    expect((await scrubIt()).exit).toBe(0);
    expect(existsSync(path(iscsi))).toBe(false);
  });

  /** An archive of cpio's "newc" format. */
  const cpio = (files: Record<string, string>): Buffer => {
    const hex = (value: number): string => value.toString(16).padStart(8, '0');
    const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    const entries = Object.entries({ ...files, 'TRAILER!!!': '' }).map(([name, content]) => {
      const numbers = [1, 0o100644, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
      const header = Buffer.from(`070701${numbers.map(hex).join('')}${name}\0`);
      return Buffer.concat([pad(header), pad(Buffer.from(content))]);
    });
    return Buffer.concat(entries);
  };
  const microcode = cpio({ 'kernel/x86/microcode/GenuineIntel.bin': 'microcode' });
  const through = (program: string, bytes: Buffer): Buffer => execFileSync(program, ['-c'], { input: bytes });
  const compressions = {
    plain: (bytes: Buffer) => bytes,
    gzip: gzipSync,
    zstd: zstdCompressSync,
    xz: (bytes: Buffer) => through('xz', bytes),
    bzip2: (bytes: Buffer) => through('bzip2', bytes),
  };

  test.each(Object.entries(compressions))(
    'in an initramfs (%s) are refused, with the way out',
    async (_, compress) => {
      const initrd = (files: Record<string, string>): void => {
        mkdirSync(path('boot'), { recursive: true });
        const bytes = Buffer.concat([microcode, Buffer.alloc(512), compress(cpio(files))]);
        writeFileSync(path('boot/initrd.img-6.1.0'), bytes);
      };
      const harmless = {
        'etc/hostname': 'x',
        [iscsi]: 'GenerateName=yes\n',
        'usr/share/etc/nvme/hostid': 'x',
      };
      initrd({ ...harmless, 'etc/nvme/hostid': 'builder' });
      const refused = await scrubIt();
      expect(refused.exit).toBe(1);
      expect(refused.stderr).toContain('/boot/initrd.img-6.1.0 has etc/nvme/hostid: remove it from the disk');
      expect(refused.stderr).toContain('update-initramfs -u -k all');
      expect(refused.stderr).toContain('--keep initramfs');
      initrd({ ...harmless, [iscsi]: named });
      expect((await scrubIt()).stderr).toContain(`/boot/initrd.img-6.1.0 has ${iscsi}: `);
      initrd(harmless);
      expect((await scrubIt()).exit).toBe(0);
      initrd({ ...harmless, './etc/nvme/hostnqn': 'builder' });
      expect((await failed())[0]).toContain('initramfs: /boot/initrd.img-6.1.0 has etc/nvme/hostnqn');
    },
  );

  test('an initramfs that cannot be looked into is not taken for clean', async () => {
    put('boot/initramfs-6.1.img', 'something else');
    const refused = await scrubIt();
    expect(refused.stderr).toContain(
      '/boot/initramfs-6.1.img cannot be looked into: its compression is unknown',
    );
    expect((await scrubIt('--keep', 'initramfs=checked by hand')).exit).toBe(0);
  });
});

describe('B18: swap', () => {
  const swap = (name: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    const bytes = Buffer.alloc(40_960);
    bytes.write('SWAPSPACE2', 4086);
    writeFileSync(path(name), bytes);
  };

  test('files go with their lines in fstab, and verify names one that is left', async () => {
    const others =
      'LABEL=root / ext4 defaults 0 1\n/dev/nvme0n1p3 none swap sw 0 0\nUUID=1 none swap sw 0 0\n';
    put(
      'etc/fstab',
      `${others}/swapfile none swap sw 0 0\n  /data/my\\040disk/swap  none\tswap defaults 0 0\n`,
    );
    for (const name of ['swapfile', 'data/my disk/swap']) put(name, 'the memory of the build');
    for (const name of ['var/swap', 'mnt/extra']) swap(name);
    put('var/other', 'SWAPSPACE2 is what mkswap writes');
    expect((await scrubIt()).exit).toBe(0);
    for (const name of ['swapfile', 'data/my disk/swap', 'var/swap', 'mnt/extra'])
      expect([name, existsSync(path(name))]).toEqual([name, false]);
    expect(readFileSync(path('etc/fstab'), 'utf8')).toBe(others);
    expect(existsSync(path('var/other'))).toBe(true);
    swap('opt/swap');
    expect(await failed()).toEqual(['swap-files: /opt/swap']);
  });

  test('that is in use is refused, with the way out', async () => {
    const header = 'Filename\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
    put(
      'proc/swaps',
      `${header}/dev/zram0 partition 8 0 100\n/swapfile file 8 0 -2\n/dev/nvme0n1p3 partition 8 0 -3\n`,
    );
    // In a container the kernel lists the swap of its host.
    expect((await scrubIt()).exit).toBe(0);
    swap('swapfile');
    mkdirSync(path('run/systemd/system'), { recursive: true });
    const refused = await scrubIt();
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain(
      'swap file /swapfile: run "swapoff /swapfile", or give --keep swap-files',
    );
    expect(refused.stderr).toContain('run "swapoff /dev/nvme0n1p3", overwrite it and run mkswap');
    expect(refused.stderr).not.toContain('zram');
    put('proc/swaps', header);
    expect((await scrubIt()).exit).toBe(0);
  });
});

describe('B16: SSH host keys on a clone where cloud-init is installed and does not run', () => {
  const unit = readFileSync(
    join(import.meta.dirname, '../../packaging/systemd/parbake-ssh-host-keys.service'),
    'utf8',
  );
  const values = (key: string): string[] =>
    [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  test('are made unless there are keys: the unit waits for cloud-init and does not ask whether it is installed', () => {
    expect(values('After')).toEqual(['cloud-init.service cloud-init-network.service']);
    expect(values('Before')).toEqual(['ssh.service sshd.service']);
    expect(values('ConditionPathExistsGlob')).toEqual(['!/etc/ssh/ssh_host_*_key']);
    expect(values('ConditionPathExists').join(' ')).not.toContain('cloud');
    expect([...values('Requires'), ...values('Wants'), ...values('BindsTo')]).toEqual([]);
  });
});

describe('B19: free blocks', () => {
  const { signal } = new AbortController();

  test('verify --image counts the secrets that can be read, in few lines', async () => {
    expect((await scrubIt()).exit).toBe(0);
    const [list, image] = [`${root}.secrets`, `${root}.image`];
    try {
      writeFileSync(list, 'correct-horse-battery\nstaple-in-the-mirror\nnowhere-to-be-found\n');
      const copies = `${'correct-horse-battery '.repeat(300_000)}staple-in-the-mirror`;
      writeFileSync(image, copies);
      const args = ['--root', root, '--secrets', list, '--image', image];
      const text = await runCommand(verifyCommand, args);
      expect(text.exit).toBe(1);
      expect(text.stdout).toContain('SECRET 1  byte 0 (300000 copies)\nSECRET 2  byte 6600000\n');
      expect(text.stdout).toContain('2 of 3 secrets can be read in the disk image\n');
      expect(text.stdout.length + text.stderr.length).toBeLessThan(10_000);
      const json = await runCommand(verifyCommand, [...args, '--json']);
      expect(JSON.parse(json.stdout)).toMatchObject({
        secrets: [
          { secret: 1, place: 'byte 0', copies: 300_000 },
          { secret: 2, place: 'byte 6600000', copies: 1 },
        ],
        image: { secrets: 3, readable: 2 },
      });
    } finally {
      for (const file of [list, image]) rmSync(file, { force: true });
    }
  });

  /** An fstrim that writes down what it is asked to discard. */
  const fstrim = (end: string): string => {
    const program = `${root}/fstrim`;
    writeFileSync(program, `#!/bin/sh\necho "$1" >> ${root}/discarded\n${end}\n`, { mode: 0o755 });
    return program;
  };

  test('of the whole file system are discarded, and a disk that takes no discards is named', async () => {
    const mounted = rootAt('/dev');
    expect(await discardFreeBlocks(mounted, '/null', signal, fstrim(''))).toEqual([]);
    expect(readFileSync(path('discarded'), 'utf8')).toBe('/dev/\n');
    const refusing = fstrim('echo "fstrim: $1: the discard operation is not supported" >&2; exit 1');
    expect(await discardFreeBlocks(mounted, '/', signal, refusing)).toEqual([
      expect.stringMatching(
        /^free blocks of \/ were not discarded, .*the discard operation is not supported; see/,
      ),
    ]);
  });

  test("of this machine's own disk are left alone when the root is a directory on it", async () => {
    expect(await discardFreeBlocks(rootAt(root), '/var/lib/docker', signal, fstrim(''))).toEqual([]);
    expect(existsSync(path('discarded'))).toBe(false);
  });
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
