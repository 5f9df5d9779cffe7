import { lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Writes a file so that a crash leaves the whole of the old one or of the new one, whatever an earlier crash left.
 * @param path on this machine
 * @throws ParbakeError DISK_FULL, SCRUB_FAILED
 */
export async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.scrub.tmp`;
  try {
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', mode);
    try {
      // The umask does not count.
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(`cannot write ${path}`, cause);
  }
}

/** Removes an entry, a directory with all in it; a link itself. @throws ParbakeError SCRUB_FAILED */
export async function removeDurably(path: string): Promise<void> {
  try {
    const isDirectory = (await lstat(path).catch(() => undefined))?.isDirectory() === true;
    // What cannot be unlinked says so itself; a recursive removal would take it for a directory.
    await (isDirectory ? rm(path, { recursive: true, force: true }) : unlinkIfThere(path));
    await syncFolder(dirname(path));
  } catch (cause) {
    throw writeError(`cannot remove ${path}`, cause);
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  }
}

function writeError(what: string, cause: unknown): ParbakeError {
  const isFull = codeOf(cause) === 'ENOSPC';
  const reason = `${reasonOf(cause)}${hintFor(cause)}`;
  return new ParbakeError(isFull ? 'DISK_FULL' : 'SCRUB_FAILED', `${what}: ${reason}`, { cause });
}

function hintFor(cause: unknown): string {
  const code = codeOf(cause);
  // Of a file inside a directory, the recursive removal says that it is no directory.
  if (code === 'EPERM' || code === 'ENOTDIR') return '; it may be immutable: see lsattr, and chattr -i';
  return code === 'EROFS' ? '; mount the file system for writing' : '';
}
