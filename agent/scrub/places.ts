import { type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import type { Places } from './locate.ts';

const defaultDataRoot = '/var/lib/docker';
const execRoot = '/run/docker';

/** Returns where to look: the data root that the bake learned from the Engine. @param keep ids of skipped rules */
export function placesOf(root: Root, manifest: Manifest | undefined, keep: readonly string[]): Places {
  const keepsBuildCache = keep.includes('docker-build-cache');
  return { root, dataRoot: manifest?.builder.dataRoot ?? defaultDataRoot, execRoot, keepsBuildCache };
}
