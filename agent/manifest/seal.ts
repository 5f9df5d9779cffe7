import { lstat } from 'node:fs/promises';
import type { Manifest, Seal } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { failAs, writeDurably } from '../host/durable-file.ts';
import { kindOf, resolveInRoot } from '../host/resolve.ts';
import { manifestFile } from './read.ts';

/** Hash of a sealed manifest, which reveals a later bake. */
export const sealedMode = 0o444;

/**
 * Writes the seal into the manifest, as the last thing that happens to an image.
 * @throws ParbakeError DISK_FULL, SCRUB_FAILED
 */
export async function writeSeal(file: string, manifest: Manifest, seal: Seal): Promise<void> {
  const text = `${JSON.stringify({ ...manifest, seal }, null, 2)}\n`;
  await writeDurably(file, text, sealedMode).catch(failAs('SCRUB_FAILED', `cannot write ${file}`));
}

/**
 * Says why a manifest does not count as sealed, without checking the rules: on a running instance Docker has rightly made a new
 * identity.
 */
export async function sealProblem(root: Root, manifest: Manifest): Promise<string | undefined> {
  if (manifest.seal === null) return 'the manifest is not sealed: it was baked but not scrubbed';
  const { mode } = await lstat(await manifestFile(root));
  if ((mode & 0o777) !== sealedMode)
    return `the sealed manifest has mode ${(mode & 0o777).toString(8)} and not 444: it was changed after the seal`;
  const { dataRoot } = manifest.builder;
  const place = await resolveInRoot(root, dataRoot);
  // Rules about a missing data root would pass for the wrong reason.
  const isThere = place !== undefined && (await kindOf(root, place)) === 'directory';
  if (isThere || manifest.images.length === 0) return undefined;
  return `the data root ${dataRoot} with the baked images is not there: is its file system mounted?`;
}
