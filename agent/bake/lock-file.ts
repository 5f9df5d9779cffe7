import { access, constants, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseLock, type Lock } from '../core/image/lock.ts';
import { writeDurably } from '../host/durable-file.ts';

/** How a bake treats the lock: fills it in, makes it anew, or only obeys it. */
export type LockMode = 'fill' | 'update' | 'frozen';

export interface LockFile {
  path: string;
  mode: LockMode;
  /** Empty when there is no file yet. */
  lock: Lock;
}

/** The lock's place when nobody names one. */
export function lockPathOf(recipe: string): string {
  return join(dirname(recipe), 'parbake.lock');
}

/** @throws ParbakeError LOCK_INVALID, FILE_UNREADABLE, and LOCK_OUTDATED when it must be there and is not */
export async function readLock(path: string, mode: LockMode): Promise<LockFile> {
  try {
    const lock = parseLock(await readFile(path, 'utf8'), path);
    return { path, mode, lock };
  } catch (cause) {
    if (cause instanceof ParbakeError) {
      // Whoever makes it anew does not care what was in it.
      if (mode === 'update') return { path, mode, lock: { images: new Map() } };
      throw cause;
    }
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
      throw new ParbakeError('FILE_UNREADABLE', `cannot read ${path}: ${String(cause)}`, { cause });
    if (mode === 'frozen') throw new ParbakeError('LOCK_OUTDATED', `there is no ${path}`);
    await refuseUnwritable(path);
    return { path, mode, lock: { images: new Map() } };
  }
}

/** Better now than after the pulls. */
async function refuseUnwritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the lock cannot be written to ${path} (${reason}); name another place with --lock`;
    throw new ParbakeError('FILE_UNREADABLE', message, { cause });
  }
}

/**
 * Writes the lock if it says something else than the file does.
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function writeLock(path: string, text: string): Promise<'written' | 'unchanged'> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return 'unchanged';
  try {
    await writeDurably(path, text, 0o644);
    return 'written';
  } catch (cause) {
    const code =
      cause instanceof ParbakeError && cause.code === 'DISK_FULL' ? 'DISK_FULL' : 'FILE_UNREADABLE';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ParbakeError(code, `${reason}; the images are there, and the next bake goes on from them`, {
      cause,
    });
  }
}
