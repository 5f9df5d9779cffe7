import { type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { homesOf } from './homes.ts';
import type { Places } from './locate.ts';

const defaultDataRoot = '/var/lib/docker';
const containerdRoot = '/var/lib/containerd';
const execRoot = '/run/docker';

/**
 * Returns where to look: the data root that the bake learned from the Engine, and the homes of the image's accounts.
 * @param keep ids of skipped rules
 * @throws ParbakeError SCRUB_FAILED when the accounts cannot be read
 */
export async function placesOf(
  root: Root,
  manifest: Manifest | undefined,
  keep: readonly string[],
): Promise<Places> {
  const dataRoot = manifest?.builder.dataRoot ?? defaultDataRoot;
  const homes = await homesOf(root, [dataRoot, defaultDataRoot, containerdRoot]);
  return { root, dataRoot, execRoot, homes, keepsBuildCache: keep.includes('docker-build-cache') };
}
