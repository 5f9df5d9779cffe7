import type { Manifest, Seal } from '../core/manifest.ts';
import { writeDurably } from './durable-file.ts';

/** Of a sealed manifest: a bake that writes another one is seen by it. */
export const sealedMode = 0o444;

/** Writes the seal into the manifest, as the last thing that happens to an image. */
export async function writeSeal(manifestFile: string, manifest: Manifest, seal: Seal): Promise<void> {
  await writeDurably(manifestFile, `${JSON.stringify({ ...manifest, seal }, null, 2)}\n`, sealedMode);
}
