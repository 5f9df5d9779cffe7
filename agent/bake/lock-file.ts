import { access, constants, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseLock, type Lock } from '../core/image/lock.ts';
import { failAs, writeDurably } from '../host/durable-file.ts';

/** What a bake does with the lock: adds to it, makes a new one, or only follows it. */
export type LockMode = 'fill' | 'update' | 'frozen';

export interface LockFile {
  path: string;
  mode: LockMode;
  /** Empty when there is no file yet. */
  lock: Lock;
}

/** The default place of the lock. */
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
      // A new lock replaces even an invalid one.
      if (mode === 'update') return { path, mode, lock: { images: new Map() } };
      throw cause;
    }
    if (codeOf(cause) !== 'ENOENT')
      throw new ParbakeError('FILE_UNREADABLE', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
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
    const message = `the lock cannot be written to ${path} (${reasonOf(cause)}); name another place with --lock`;
    throw new ParbakeError('FILE_UNREADABLE', message, { cause });
  }
}

/**
 * Writes the lock if it differs from the file.
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function writeLock(path: string, text: string): Promise<'written' | 'unchanged'> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return 'unchanged';
  // A lock that is a link, as in a repository of several recipes, stays one.
  const file = await realpath(path).catch(() => path);
  const what = `the images are baked, and the next bake continues from them, but the lock cannot be written to ${file}`;
  await writeDurably(file, text, 0o644).catch(failAs('FILE_UNREADABLE', what));
  return 'written';
}
