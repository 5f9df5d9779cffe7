import { execFile } from 'node:child_process';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Milliseconds: settings are small, but a disk may be slow. */
const deadline = 30_000;

/**
 * Gives a regular file new content. Its owner, mode, ACLs, extended attributes and SELinux label stay, since a program that
 * runs confined could not read it without them. A crash leaves the whole old file or the whole new one.
 * @param path on this machine, no link
 * @throws the system's own error
 */
export async function rewriteFile(path: string, content: string | Buffer): Promise<void> {
  // The same name each time, so that a crash leaves at most one.
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.tmp`);
  await rm(temporary, { force: true });
  try {
    // Node.js copies neither extended attributes nor labels.
    await promisify(execFile)('cp', ['-a', '--', path, temporary], { timeout: deadline });
    const file = await open(temporary, 'r+');
    try {
      await file.truncate(0);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
