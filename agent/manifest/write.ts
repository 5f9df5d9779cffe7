import { mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { syncFolder } from '../host/sync-folder.ts';

/** Nobody edits it: whoever changes something bakes again. */
const mode = 0o444;

/**
 * Writes the manifest so that a crash leaves either all of it or none.
 * @returns its path on this machine
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function writeManifest(root: Root, manifest: Manifest): Promise<string> {
  const path = root.path(manifestPath);
  const temporary = `${path}.${manifest.bakeId}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', mode);
    try {
      // The umask does not count.
      await file.chmod(mode);
      await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return path;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw fileError(`cannot write ${path}`, cause);
  }
}

/**
 * Removes an earlier bake's manifest: from here on it no longer says what is in the image. None is no error.
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function removeManifest(root: Root): Promise<void> {
  const path = root.path(manifestPath);
  try {
    await unlink(path);
    await syncFolder(dirname(path));
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw fileError(`cannot remove the earlier ${path}`, cause);
  }
}

function fileError(what: string, cause: unknown): ParbakeError {
  const code = codeOf(cause) === 'ENOSPC' ? 'DISK_FULL' : 'FILE_UNREADABLE';
  return new ParbakeError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
