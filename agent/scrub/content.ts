import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { absent } from '../host/resolve.ts';
import type { Root } from '../host/root.ts';

/** Bytes. Settings are smaller, and what is larger cannot be checked line by line. */
const maxSize = 16 * 1024 ** 2;

/**
 * Reads a file that a rule looks into, byte for byte.
 * @returns undefined when it is gone, or is no regular file
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
