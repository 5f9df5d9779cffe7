import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { absent } from '../host/resolve.ts';
import { memoryMounts } from '../host/mounts.ts';
import type { Root } from '../host/root.ts';

/** Where DHCP clients keep leases and DUIDs. */
export const leaseFolders: readonly string[] = [
  '/var/lib/dhcp',
  '/var/lib/dhclient',
  '/var/lib/dhcpcd',
  '/var/lib/systemd/network',
  '/var/lib/wicked',
  '/var/lib/NetworkManager',
];

/** Milliseconds. */
const deadline = 10_000;

/**
 * Puts memory over the directories of DHCP clients until the power is off. A client cannot be stopped without losing the network, and
 * writes a lease with its DUID as late as during the shutdown.
 * @param mount another program in tests
 * @throws ParbakeError SCRUB_FAILED, INTERRUPTED
 */
export async function keepLeasesInMemory(root: Root, signal: AbortSignal, mount = 'mount'): Promise<void> {
  const done = await memoryMounts(root);
  for (const folder of leaseFolders) {
    if (done.includes(folder)) continue;
    const path = root.path(folder);
    const found = await lstat(path).catch((cause: unknown) => absent(folder, cause));
    // A link leads to another directory, which is the matter of a person.
    if (found?.isDirectory() !== true) continue;
    const { mode, uid, gid } = found;
    const options = `size=4m,nosuid,nodev,noexec,mode=${(mode & 0o777).toString(8)},uid=${uid},gid=${gid}`;
    try {
      await promisify(execFile)(mount, ['-t', 'tmpfs', '-o', options, 'parbake-leases', path], {
        signal,
        timeout: deadline,
      });
    } catch (cause) {
      if (signal.aborted)
        throw new ParbakeError('INTERRUPTED', 'the scrub was interrupted before the seal', { cause });
      const reason = reasonOf(cause).trim().split('\n').at(-1) ?? '';
      throw new ParbakeError('SCRUB_FAILED', `cannot keep DHCP leases in memory: ${reason}`, { cause });
    }
  }
}
