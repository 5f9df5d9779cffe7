import { type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { memoryMounts } from '../host/mounts.ts';
import { leaseFolders } from './leases.ts';
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
  const inMemory = (await memoryMounts(root)).filter((point) => leaseFolders.includes(point));
  return { root, dataRoot, execRoot, homes, inMemory, keepsBuildCache: keep.includes('docker-build-cache') };
}
