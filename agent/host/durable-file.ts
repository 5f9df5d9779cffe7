import {
  closeSync,
  fchownSync,
  fchmodSync,
  fsync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { lstat, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';

const sync = promisify(fsync);

/**
 * Writes a file so that a crash leaves the whole old file or the whole new one, and the new one once this returns. Only
 * the waits for the disk leave the event loop: a trip to another thread takes longer than the other calls.
 * @param path on this machine; what is there must be a regular file
 * @param mode whatever the umask
 * @throws the system's own error
 */
export async function writeDurably(path: string, content: string | Buffer, mode: number): Promise<void> {
  const temporary = new TemporaryFile(path, content, mode);
  try {
    await sync(temporary.descriptor);
    temporary.moveTo(path);
  } catch (cause) {
    temporary.discard();
    throw cause;
  }
  await syncFolder(dirname(path));
}

/** The same for callers that cannot wait. @throws the system's own error */
export function writeDurablySync(path: string, content: string | Buffer, mode: number): void {
  const temporary = new TemporaryFile(path, content, mode);
  try {
    fsyncSync(temporary.descriptor);
    temporary.moveTo(path);
  } catch (cause) {
    temporary.discard();
    throw cause;
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Ids on this machine, whatever a container calls them. */
export interface FileOwner {
  uid: number;
  gid: number;
}

/**
 * Writes a file whole, without waiting for a disk: for a tmpfs, where nothing outlives the machine. Readers see all of the
 * old content or all of the new.
 * @param owner of the file; this process's user when not given
 * @throws the system's own error
 */
export function writeWhole(path: string, content: string | Buffer, mode: number, owner?: FileOwner): void {
  const temporary = new TemporaryFile(path, content, mode);
  try {
    if (owner !== undefined) fchownSync(temporary.descriptor, owner.uid, owner.gid);
    temporary.moveTo(path);
  } catch (cause) {
    temporary.discard();
    throw cause;
  }
}

/** Removes an entry if it is there, a directory with its content; a link itself. @throws the system's own error */
export async function removeDurably(path: string): Promise<void> {
  const isDirectory = (await lstat(path).catch(() => undefined))?.isDirectory() === true;
  // A recursive removal reports a file that cannot be unlinked as "not a directory".
  await (isDirectory ? rm(path, { recursive: true, force: true }) : unlink(path).catch(unlessAbsent));
  await syncFolder(dirname(path)).catch(unlessAbsent);
}

/**
 * Returns a handler for `catch` that throws the system's error as one of ours, DISK_FULL where that is the reason.
 * @param what for example `cannot write /etc/x`
 */
export function failAs(code: ErrorCode, what: string): (cause: unknown) => never {
  return (cause) => {
    const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '');
    const message = `${what}: ${reasonOf(cause)}${hintFor(cause)}`;
    throw new ParbakeError(isFull ? 'DISK_FULL' : code, message, { cause });
  };
}

/** The new content, beside the file that it will replace. */
class TemporaryFile {
  readonly descriptor: number;
  readonly #path: string;
  #isOpen = true;

  constructor(path: string, content: string | Buffer, mode: number) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new Error(`${path} is not a regular file`);
    // The same name each time, so that a crash leaves at most one. The longest file names leave no room for the ending.
    this.#path = join(dirname(path), `.${basename(path).slice(0, 200)}.tmp`);
    rmSync(this.#path, { force: true });
    this.descriptor = openSync(this.#path, 'wx', mode);
    try {
      fchmodSync(this.descriptor, mode);
      writeFileSync(this.descriptor, content);
    } catch (cause) {
      this.discard();
      throw cause;
    }
  }

  moveTo(path: string): void {
    this.#close();
    renameSync(this.#path, path);
  }

  discard(): void {
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.descriptor);
  }
}

/** A rename or an unlink is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = openSync(path, 'r');
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}

function unlessAbsent(cause: unknown): void {
  if (codeOf(cause) !== 'ENOENT') throw cause;
}

function hintFor(cause: unknown): string {
  const code = codeOf(cause);
  // A recursive removal reports ENOTDIR when a parent of the path is a file.
  if (code === 'EPERM' || code === 'ENOTDIR') return '; it may be immutable: see lsattr, and chattr -i';
  return code === 'EROFS' ? '; mount the file system for writing' : '';
}
