import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from './command.ts';

const suite = 'bookworm';
/** Made once: what it is made of is in its name. */
const cache = '/var/cache/parbake/roots';

/**
 * @param packages beside the smallest system
 * @returns a directory with a Debian as it is after its installation; mount something over it instead of changing it
 */
export async function debianRoot(packages: readonly string[]): Promise<string> {
  const name = createHash('sha256')
    .update([suite, ...packages].join())
    .digest('hex')
    .slice(0, 12);
  const made = join(cache, name);
  if (existsSync(made)) return made;
  const making = `${made}.${process.pid}`;
  mkdirSync(dirname(making), { recursive: true });
  try {
    await command('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, suite, making]);
    await rm(join(making, 'var/cache/apt/archives'), { recursive: true, force: true });
    mkdirSync(join(making, 'var/cache/apt/archives/partial'), { recursive: true });
    // Another process may have been faster; what it made is the same.
    if (!existsSync(made)) renameSync(making, made);
    return made;
  } finally {
    // A debootstrap that was ended may leave its mounts behind.
    await command('umount', ['--recursive', '--quiet', join(making, 'proc')]).catch(() => {});
    await command('umount', ['--recursive', '--quiet', join(making, 'sys')]).catch(() => {});
    await rm(making, { recursive: true, force: true });
  }
}
