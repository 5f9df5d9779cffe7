import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { reasonOf } from '../../proto/errors/cause.ts';
import { absent, kindOf, resolveInRoot } from '../host/resolve.ts';
import type { Root } from '../host/root.ts';

/** Bytes: the largest distributions unpack to some 300 MiB. */
const maxUnpacked = 1024 ** 3;

/** Milliseconds for one archive. */
const deadline = 120_000;

/** Files in an initramfs that are one machine's. A copy in there is used before the disk's is. */
const identities: readonly { name: string; pattern?: RegExp }[] = [
  { name: 'etc/nvme/hostid' },
  { name: 'etc/nvme/hostnqn' },
  { name: 'etc/iscsi/initiatorname.iscsi', pattern: /^\s*InitiatorName\s*=/m },
];

const wayOut =
  'remove it from the disk (in initiatorname.iscsi write GenerateName=yes), and build the initramfs anew: "update-initramfs -u -k all", or "dracut --force --regenerate-all"';

/**
 * Finds identities in the initramfs of every kernel. A scrub cannot remove them: only the distribution's own program builds an
 * initramfs.
 * @returns what was found, with the way out
 * @throws the signal's reason when it aborts
 */
export async function initramfsFindings(root: Root, signal: AbortSignal): Promise<string[]> {
  const boot = await resolveInRoot(root, '/boot');
  if (boot === undefined) return [];
  const names = await readdir(root.path(boot)).catch((cause: unknown) => absent(boot, cause));
  const archives = (names ?? []).filter((name) => /^(?:initrd|initramfs)[-.]/.test(name)).sort();
  const found: string[] = [];
  for (const archive of archives.map((name) => join(boot, name))) {
    if ((await kindOf(root, archive)) !== 'other') continue;
    try {
      const segments = await unpacked(root, archive, signal);
      for (const { name, pattern } of identities)
        if (segments.some((bytes) => hasFile(bytes, name, pattern)))
          found.push(`${archive} has ${name}: ${wayOut}`);
    } catch (cause) {
      signal.throwIfAborted();
      // What nobody has looked into is not clean.
      found.push(`${archive} cannot be looked into: ${reasonOf(cause)}`);
    }
  }
  return found;
}

/** An initramfs is archives one after the other, of which each may be compressed: microcode first, then the rest. */
async function unpacked(root: Root, archive: string, signal: AbortSignal): Promise<Buffer[]> {
  const bytes = await readFile(root.path(archive), { signal });
  const segments: Buffer[] = [];
  let at = 0;
  for (let end = endOfPlain(bytes, at); end !== undefined; end = endOfPlain(bytes, at)) {
    segments.push(bytes.subarray(at, end));
    at = end;
  }
  const rest = bytes.subarray(at);
  return rest.length === 0 ? segments : [...segments, await decompressed(rest, signal)];
}

const magic = Buffer.from('07070');
const trailer = Buffer.from('TRAILER!!!\0');

/** @returns where the plain cpio archive ends that begins here, with its padding; undefined when none does */
function endOfPlain(bytes: Buffer, at: number): number | undefined {
  if (!bytes.subarray(at, at + magic.length).equals(magic)) return undefined;
  const last = bytes.indexOf(trailer, at);
  if (last < 0) return bytes.length;
  let end = last + trailer.length;
  while (end < bytes.length && bytes[end] === 0) end += 1;
  return end;
}

const limit = { maxOutputLength: maxUnpacked };

async function decompressed(bytes: Buffer, signal: AbortSignal): Promise<Buffer> {
  const begins = (hex: string): boolean => bytes.subarray(0, hex.length / 2).toString('hex') === hex;
  if (begins('1f8b')) return await promisify(gunzip)(bytes, limit);
  if (begins('28b52ffd')) return await promisify(zstdDecompress)(bytes, limit);
  if (begins('fd377a585a00')) return await through('xz', bytes, signal);
  if (begins('02214c18') || begins('04224d18')) return await through('lz4', bytes, signal);
  if (begins('425a68')) return await through('bzip2', bytes, signal);
  throw new Error(`its compression is unknown (it begins with ${bytes.subarray(0, 6).toString('hex')})`);
}

/** Node.js does not know these; whoever made the initramfs has the program. */
async function through(program: string, bytes: Buffer, signal: AbortSignal): Promise<Buffer> {
  const options = { encoding: 'buffer' as const, maxBuffer: maxUnpacked, timeout: deadline, signal };
  const running = promisify(execFile)(program, ['-dc'], options);
  // The program may end before it has read everything.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(bytes);
  return (await running).stdout;
}

/** Size of a header of cpio's "newc" format, in bytes; numbers in it have eight hexadecimal digits. */
const headerSize = 110;

function hasFile(bytes: Buffer, name: string, pattern: RegExp | undefined): boolean {
  const wanted = Buffer.from(`${name}\0`);
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    // Some tools write the names of an archive with "./" before them.
    for (const before of [0, 2]) {
      const start = at - before - headerSize;
      if (start < 0 || !bytes.subarray(start, start + magic.length).equals(magic)) continue;
      const size = Number.parseInt(bytes.toString('latin1', start + 54, start + 62), 16);
      const content = align(at + wanted.length - start) + start;
      if (!Number.isFinite(size) || size === 0) continue;
      if (pattern === undefined || pattern.test(bytes.toString('utf8', content, content + size))) return true;
    }
  }
  return false;
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
