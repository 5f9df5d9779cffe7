import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';
import { madeOnce } from './made-once.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/**
 * The last Packer under a free licence that Debian has. Its builders are built in, and it knows neither
 * `required_plugins` nor the options for IMDSv2, which came later.
 */
const suite = 'bookworm';
const cache = '/var/cache/parbake/tools/packer-1.6';

/** @returns the program, or why there is none */
export async function packerProgram(): Promise<{ program: string } | { missing: string }> {
  try {
    await madeOnce(cache, async (making) => {
      await unpackDebianPackages(suite, ['packer'], making);
    });
    return { program: join(cache, 'usr/bin/packer') };
  } catch (cause) {
    const reason = reasonOf(cause).split('\n')[0] ?? '';
    return { missing: `needs Packer, which could not be fetched: ${reason}` };
  }
}
