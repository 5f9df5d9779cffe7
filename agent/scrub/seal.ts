import { chmod } from 'node:fs/promises';
import { writeManifest } from '../bake/manifest-file.ts';
import type { Manifest, Removal } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';

/** Writes the seal into the manifest, as the last thing that happens to an image. */
export async function writeSeal(
  root: Root,
  manifest: Manifest,
  removed: readonly Removal[],
  kept: readonly string[],
  now: Date,
): Promise<void> {
  const seal = { sealedAt: now.toISOString(), removed: [...removed], kept: [...kept] };
  await chmod(await writeManifest(root, { ...manifest, seal }), 0o444);
}
