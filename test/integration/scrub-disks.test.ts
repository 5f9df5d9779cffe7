import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { searchImage } from '../../agent/scrub/secret-search.ts';
import { keepLeasesInMemory, leaseFolders } from '../../agent/scrub/leases.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { command } from '../testbed/command.ts';
import { agentProgram } from '../testbed/parbake.ts';
import { startProgram } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { builderRoot, canaryOf, treeOf } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

const agreed = ['containers', 'volumes', 'plugins', 'build-cache', 'swarm'].map((name) => `--remove-${name}`);

describe.skipIf(missing !== undefined)(`scrub on a disk ${missing ?? ''}`, () => {
  let testbed: Testbed;
  const undo: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    testbed = await createTestbed();
  });
  afterEach(async () => {
    for (const action of undo.splice(0).reverse()) await action();
  });
  afterAll(async () => {
    await testbed?.close();
  });

  /** A dirty builder on a file system of its own. */
  const mounted = async (name: string, size: string): Promise<string> => {
    const root = testbed.makeDirectory(name);
    const made = builderRoot();
    await command('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', root]);
    undo.push(() => command('umount', [root]));
    cpSync(made, root, { recursive: true, verbatimSymlinks: true });
    rmSync(made, { recursive: true });
    return root;
  };
  const scrub = (root: string) => runCommand(scrubCommand, ['--root', root, '--yes', ...agreed]);

  test('a file system that is read-only is left as it is, with a reason', async () => {
    const root = await mounted('read-only', '64m');
    await command('mount', ['-o', 'remount,ro', root]);
    const before = treeOf(root);
    const refused = await scrub(root);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('mount the file system for writing');
    expect(treeOf(root)).toEqual(before);
  });

  test('B19: what was deleted cannot be read from the free blocks of a sealed disk', async () => {
    const image = join(testbed.directory, 'disk.raw');
    const root = testbed.makeDirectory('disk');
    await command('truncate', ['--size', '128M', image]);
    // As on real disks: a block that is smaller than the disk's unit of discards stays when its neighbours are in use.
    await command('mkfs.ext4', ['-q', '-b', '4096', image]);
    await command('mount', ['-o', 'loop', image, root]);
    undo.push(() => command('umount', [root]).catch(() => ''));
    const made = builderRoot();
    cpSync(made, root, { recursive: true, verbatimSymlinks: true });
    rmSync(made, { recursive: true });
    const deleted = Array.from({ length: 40 }, (_, index) => `deleted-long-ago-${index}-by-the-build`);
    for (const secret of deleted)
      writeFileSync(join(root, 'opt', secret.slice(0, 20)), `${secret}\n`.repeat(300));
    await command('sync', ['--file-system', root]);
    for (const secret of deleted) rmSync(join(root, 'opt', secret.slice(0, 20)), { force: true });
    await command('sync', ['--file-system', root]);
    const { signal } = new AbortController();
    const secrets = [...deleted, canaryOf('histories'), canaryOf('swap-files')];
    expect((await searchImage(image, secrets, signal)).length).toBeGreaterThan(30);
    const done = await scrub(root);
    expect(done.exit).toBe(0);
    expect(done.stderr).not.toContain('were not discarded');
    await command('umount', [root]);
    expect(await searchImage(image, secrets, signal)).toEqual([]);
  });

  test('on a full file system nothing is removed before it is known that the seal has no place', async () => {
    const root = await mounted('full', '2m');
    await command('dd', ['if=/dev/zero', `of=${join(root, 'ballast')}`, 'bs=4k']).catch(() => '');
    const before = treeOf(root);
    const refused = await scrub(root);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('DISK_FULL');
    expect(treeOf(root)).toEqual(before);
    rmSync(join(root, 'ballast'));
    expect((await scrub(root)).exit).toBe(0);
    expect((await verify(rootAt(root))).sealed).toBe(true);
  });

  test('what is mounted where it would remove is refused, by place and option, and stays', async () => {
    const root = await mounted('mounts', '64m');
    const place = join(root, 'tmp/other disk');
    mkdirSync(place);
    await command('mount', ['-t', 'tmpfs', 'tmpfs', place]);
    undo.push(() => command('umount', [place]));
    writeFileSync(join(place, 'precious'), 'precious');
    const before = treeOf(root);
    const refused = await scrub(root);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain(
      'mounted at /tmp/other disk: unmount it, or give --keep temporary-files',
    );
    expect(treeOf(root)).toEqual(before);
  });

  test('an immutable file is named, the root is not sealed, and the next run comes to the end', async () => {
    const root = testbed.makeDirectory('immutable');
    const made = builderRoot();
    cpSync(made, root, { recursive: true, verbatimSymlinks: true });
    rmSync(made, { recursive: true });
    const file = join(root, 'var/lib/systemd/random-seed');
    await command('chattr', ['+i', file]);
    undo.push(() => command('chattr', ['-f', '-i', file]).catch(() => ''));
    const refused = await scrub(root);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('random-seed');
    expect(refused.stderr).toContain('chattr -i');
    expect((await verify(rootAt(root))).sealed).toBe(false);
    await command('chattr', ['-i', file]);
    expect((await scrub(root)).exit).toBe(0);
    const { seal } = JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as Manifest;
    // What the first run removed is in the seal too.
    expect(seal?.removed.map(({ rule }) => rule)).toContain('docker-key-json');
    expect((await verify(rootAt(root))).sealed).toBe(true);
  });

  test('the real program, killed in the middle and run again, seals with everything that was removed', async () => {
    const root = testbed.makeDirectory('killed');
    const made = builderRoot();
    cpSync(made, root, { recursive: true, verbatimSymlinks: true });
    rmSync(made, { recursive: true });
    const log = join(testbed.directory, 'killed.log');
    const first = startProgram(
      process.execPath,
      [agentProgram, 'scrub', '--root', root, '--yes', ...agreed],
      log,
    );
    await waitFor(
      'the first removal',
      () => !existsSync(join(root, 'var/lib/docker/plugins', '9'.repeat(64))),
    );
    await first.stop('SIGKILL');
    expect((await scrub(root)).exit).toBe(0);
    const { seal } = JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as Manifest;
    expect(seal?.removed[0]?.rule).toBe('docker-containers');
    expect((await verify(rootAt(root))).sealed).toBe(true);
    expect(existsSync(join(root, 'usr/lib/parbake/scrub-journal.json'))).toBe(false);
  });

  test('B21: what a DHCP client writes after the seal stays in memory', async () => {
    const root = await mounted('leases', '64m');
    expect((await scrub(root)).exit).toBe(0);
    const { signal } = new AbortController();
    await keepLeasesInMemory(rootAt(root), signal);
    // A second scrub before the power is off finds them covered.
    await keepLeasesInMemory(rootAt(root), signal);
    for (const folder of leaseFolders)
      undo.push(() => command('umount', [join(root, folder)]).catch(() => ''));
    const lease = join(root, 'var/lib/dhcp/dhclient.eth0.leases');
    writeFileSync(lease, 'default-duid "\\000\\001";\n');
    expect((await verify(rootAt(root))).sealed).toBe(true);
    await command('umount', [join(root, 'var/lib/dhcp')]);
    expect(existsSync(lease)).toBe(false);
    writeFileSync(lease, 'default-duid "\\000\\001";\n');
    expect((await verify(rootAt(root))).sealed).toBe(false);
  });

  test('verify --image finds what a removed file left in free blocks', async () => {
    const secret = 'left-in-a-free-block';
    const tree = testbed.makeDirectory('tree');
    mkdirSync(join(tree, 'root'));
    writeFileSync(join(tree, 'root/secret'), secret.repeat(100));
    const disk = join(testbed.directory, 'disk.raw');
    await command('mke2fs', ['-q', '-t', 'ext4', '-d', tree, disk, '16M']);
    await command('debugfs', ['-w', '-R', 'rm /root/secret', disk]);
    const list = join(testbed.directory, 'secrets');
    writeFileSync(list, `${secret}\n`);
    const empty = testbed.makeDirectory('empty');
    const ended = await runCommand(verifyCommand, [
      '--root',
      empty,
      '--secrets',
      list,
      '--image',
      disk,
      '--json',
    ]);
    expect(ended.exit).toBe(1);
    const { secrets } = JSON.parse(ended.stdout) as { secrets: { secret: number; place: string }[] };
    expect(secrets[0]).toEqual({
      secret: 1,
      place: expect.stringMatching(/^byte \d+$/),
      copies: expect.any(Number),
    });
  });
});
