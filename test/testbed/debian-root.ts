import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import { madeOnce } from './made-once.ts';

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
  return await madeOnce(join(cache, name), async (making) => {
    await command('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, suite, making]);
    await rm(join(making, 'var/cache/apt/archives'), { recursive: true, force: true });
    mkdirSync(join(making, 'var/cache/apt/archives/partial'), { recursive: true });
  });
}
