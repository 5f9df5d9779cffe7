import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { absent } from '../host/resolve.ts';
import type { Root } from '../host/root.ts';

/** Bytes. Settings are smaller, and what is larger cannot be checked line by line. */
const maxSize = 16 * 1024 ** 2;

/**
 * Reads a file that a rule looks into, byte for byte.
 * @returns undefined when the file is gone, or is not a regular file
 * @throws ParbakeError SCRUB_FAILED when it cannot be read, or is too large to be checked
 */
export async function contentOf(root: Root, path: string): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(root.path(path), flags).catch((cause: unknown) => absent(path, cause));
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    if (stats.size > maxSize)
      throw new ParbakeError(
        'SCRUB_FAILED',
        `cannot look into ${path}: it has ${stats.size} bytes, more than ${maxSize}`,
      );
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Where mkswap signs, at the end of the first page, for each size of a page in bytes. */
const swapSignatures = [4096, 16_384, 65_536].map((page) => page - 10);

/** Whether mkswap has made a file. @throws ParbakeError SCRUB_FAILED when it cannot be read */
export async function isSwapFile(root: Root, path: string): Promise<boolean> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(root.path(path), flags).catch((cause: unknown) => absent(path, cause));
  if (file === undefined) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const bytes = Buffer.alloc(10);
    for (const at of swapSignatures) {
      await file.read(bytes, 0, bytes.length, at);
      if (['SWAPSPACE2', 'SWAP-SPACE', 'S1SUSPEND\0'].includes(bytes.toString('latin1'))) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** Whether a line of it matches. */
export function hasLine(content: Buffer, pattern: RegExp): boolean {
  return linesOf(content).some((line) => isMatch(line, pattern));
}

/** Drops the lines that match, and leaves every byte of the others. */
export function withoutLines(content: Buffer, pattern: RegExp): Buffer {
  const left = linesOf(content).filter((line) => !isMatch(line, pattern));
  return Buffer.from(left.join(''), 'latin1');
}

/** Lines with their ends, each byte as one character: a file may have bytes that are no UTF-8. */
function linesOf(content: Buffer): string[] {
  return content.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function isMatch(line: string, pattern: RegExp): boolean {
  return pattern.test(Buffer.from(line.replace(/\r?\n$/, ''), 'latin1').toString('utf8'));
}
