import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import { failAs, removeDurably, writeDurably } from '../host/durable-file.ts';
import type { Root } from '../host/root.ts';

/** The manifest is read-only: a change needs another bake. */
const mode = 0o444;

/**
 * Writes the manifest durably.
 * @returns its path on this machine
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function writeManifest(root: Root, manifest: Manifest): Promise<string> {
  const path = root.path(manifestPath);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, `${JSON.stringify(manifest, null, 2)}\n`, mode);
  } catch (cause) {
    failAs('FILE_UNREADABLE', `cannot write ${path}`)(cause);
  }
  return path;
}

/**
 * Removes an earlier bake's manifest, if there is one, because it will no longer describe the image.
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function removeManifest(root: Root): Promise<void> {
  const path = root.path(manifestPath);
  await removeDurably(path).catch(failAs('FILE_UNREADABLE', `cannot remove the earlier ${path}`));
}
