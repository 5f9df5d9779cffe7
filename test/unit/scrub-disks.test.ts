import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { discardFreeBlocks } from '../../agent/scrub/discard.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
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
