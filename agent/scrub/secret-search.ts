import { createReadStream } from 'node:fs';
import { opendir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Root } from '../host/root.ts';
import { absent } from '../host/resolve.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** Where a secret was found. The secret itself is never shown. */
export interface SecretFound {
  /** Line of the secret in the list, from 1. */
  secret: number;
  /** Path below the root; for a raw image, the offset in bytes of the first copy. */
  place: string;
  /** How many copies can be read from a raw image; absent for a root. */
  copies?: number;
}

/** Size of one read, in bytes. */
const chunkSize = 1 << 20;

/** Directories of a running kernel, which are not on any disk. */
const notOnDisk = new Set(['/proc', '/sys', '/dev', '/run']);

/** Minimum length in bytes: shorter texts occur everywhere by chance. */
const shortest = 8;

/**
 * Parses a list of secrets, one on each line.
 * @throws ParbakeError USAGE when it is empty, or a secret is too short
 */
export function parseSecrets(text: string): string[] {
  const secrets = text.split('\n').map((line) => line.trim());
  while (secrets.at(-1) === '') secrets.pop();
  if (secrets.length === 0) throw new ParbakeError('USAGE', 'the list of secrets is empty');
  const short = secrets.findIndex((secret) => secret.length < shortest);
  if (short >= 0) throw new ParbakeError('USAGE', `secret ${short + 1} has less than ${shortest} characters`);
  return secrets;
}

/**
 * Looks for secrets in the contents and names of all files below a root, also in Docker's layers, in clear and in
 * base64. It does not follow links, and does not see what is compressed or encrypted.
 * @throws ParbakeError SCRUB_FAILED when something cannot be read, INTERRUPTED
 */
export async function searchRoot(
  root: Root,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<SecretFound[]> {
  const found: SecretFound[] = [];
  const needles = needlesOf(secrets);
  const note = (secret: number, place: string): void => {
    if (!found.some((one) => one.secret === secret && one.place === place)) found.push({ secret, place });
  };
  const visit = async (directory: string): Promise<void> => {
    const entries = await opendir(root.path(directory)).catch((cause: unknown) => absent(directory, cause));
    if (entries === undefined) return;
    for await (const entry of entries) {
      if (signal.aborted) throw new ParbakeError('INTERRUPTED', 'the search was interrupted');
      const path = join(directory, entry.name);
      const isLink = entry.isSymbolicLink();
      const names = Buffer.from(isLink ? `${path}\n${await readlink(root.path(path))}` : basename(path));
      for (const { secret, bytes } of needles) if (names.includes(bytes)) note(secret, path);
      if (entry.isDirectory() && !(root.dir === '/' && notOnDisk.has(path))) await visit(path);
      if (entry.isFile())
        await searchFile(root.path(path), needles, signal, (secret) => note(secret, path)).catch(
          (cause: unknown) => absent(path, cause),
        );
    }
  };
  await visit('/');
  return found;
}

/**
 * Looks for secrets in every byte of a raw disk image, and so in its free blocks too. A swap file may have a hundred thousand copies
 * of one secret: they are counted.
 * @returns one entry for each secret that can be read
 * @param image on this machine
 * @throws ParbakeError FILE_UNREADABLE, INTERRUPTED
 */
export async function searchImage(
  image: string,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<SecretFound[]> {
  const found = new Map<number, { place: string; copies: number }>();
  try {
    await searchFile(image, needlesOf(secrets), signal, (secret, at) => {
      const known = found.get(secret);
      if (known === undefined) found.set(secret, { place: `byte ${at}`, copies: 1 });
      else known.copies += 1;
    });
  } catch (cause) {
    if (cause instanceof ParbakeError) throw cause;
    throw new ParbakeError('FILE_UNREADABLE', `cannot read ${image}: ${reasonOf(cause)}`, { cause });
  }
  return [...found].map(([secret, one]) => ({ secret, ...one })).toSorted((a, b) => a.secret - b.secret);
}

interface Needle {
  /** Line in the list, from 1. */
  secret: number;
  bytes: Buffer;
}

/** The secret in clear, and in the three alignments of base64, without the ends that depend on neighbouring bytes. */
function needlesOf(secrets: readonly string[]): Needle[] {
  return secrets.flatMap((text, index) => {
    const plain = Buffer.from(text);
    const encoded = [0, 1, 2].map((offset) => {
      const padded = Buffer.concat([Buffer.alloc(offset), plain]);
      const whole = padded.subarray(0, padded.length - (padded.length % 3));
      return Buffer.from(whole.toString('base64').slice(offset === 0 ? 0 : 4));
    });
    return [plain, ...encoded].map((bytes) => ({ secret: index + 1, bytes }));
  });
}

async function searchFile(
  path: string,
  needles: readonly Needle[],
  signal: AbortSignal,
  note: (secret: number, at: number) => void,
): Promise<void> {
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1;
  let tail = Buffer.alloc(0);
  let start = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkSize })) {
    if (signal.aborted) throw new ParbakeError('INTERRUPTED', 'the search was interrupted');
    const bytes = Buffer.concat([tail, chunk as Buffer]);
    for (const needle of needles) {
      for (let at = bytes.indexOf(needle.bytes); at >= 0; at = bytes.indexOf(needle.bytes, at + 1)) {
        // A match that lies entirely in the overlap was found with the previous chunk.
        if (at + needle.bytes.length > tail.length) note(needle.secret, start + at);
      }
    }
    const kept = Math.min(overlap, bytes.length);
    tail = bytes.subarray(bytes.length - kept);
    start += bytes.length - kept;
  }
}
