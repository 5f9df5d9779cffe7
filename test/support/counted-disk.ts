import { existsSync, mkdirSync, rmdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { command } from '../testbed/command.ts';
import type { Testbed } from '../testbed/testbed.ts';

/** Control groups of version 1. */
const groups = '/sys/fs/cgroup/blkio';

/** Mounts a disk of its own on a new directory of the testbed, on which every group's reads and writes are counted. */
export async function mountCountedDisk(testbed: Testbed, directory: string): Promise<void> {
  const file = `${directory}.disk`;
  writeFileSync(file, '');
  truncateSync(file, 2 * 1024 ** 3);
  await command('mkfs.ext4', ['-q', '-F', file]);
  mkdirSync(directory);
  // It goes with the testbed, which unmounts what is below it; the loop device goes with the mount.
  await command('mount', ['--options', 'loop', file, directory]);
  if (!existsSync(groups)) return;
  // Version 1 counts a disk from the first rule for it on, also when that is gone: one that holds up nobody.
  const { dev } = statSync(directory);
  const group = join(groups, basename(testbed.directory));
  mkdirSync(group);
  try {
    const rule = `${dev >> 8}:${dev & 0xff} ${2 ** 50}`;
    writeFileSync(join(group, 'blkio.throttle.read_bps_device'), rule);
  } finally {
    rmdirSync(group);
  }
}
