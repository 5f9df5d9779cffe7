import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { builderRoot } from '../support/builder-root.ts';
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
