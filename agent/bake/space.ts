import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { EngineFacts, ImageEngine } from '../docker/engine.ts';
import type { Target } from './targets.ts';
import { formatBytes } from './units.ts';

/**
 * What layers take unpacked, for each byte that they take in a registry, is known only once they are unpacked. Images of
 * Debian packages and of Node applications took 2 to 3.
 */
const usualExpansion = 3;

/**
 * Looks before the pulls whether what they bring fits. Only what cannot fit is refused: a layer takes at least as much
 * unpacked as it does in the registry, and with images in containerd both are kept.
 * @param free bytes where the Engine has its images; undefined when that is not known
 * @throws ParbakeError DISK_FULL
 */
export async function checkSpace(
  targets: readonly Target[],
  free: number | undefined,
  facts: EngineFacts,
  engine: ImageEngine,
  signal: AbortSignal,
): Promise<Warning[]> {
  const missing = targets.filter(({ isPresent, details }) => !isPresent && details !== undefined);
  if (missing.length === 0 || free === undefined) return [];
  const present = new Set(await engine.diffIds(signal));
  const layers = new Map(
    missing.flatMap(({ details }) =>
      (details?.layers ?? []).flatMap((layer) =>
        present.has(layer.diffId) ? [] : [[layer.digest, layer] as const],
      ),
    ),
  );
  const compressed = [...layers.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const kept = facts.imageStore === 'containerd' ? compressed : 0;
  const where = `${formatBytes(free)} are free where Docker has its images, and ${layers.size} layers of ${formatBytes(compressed)}`;
  if (compressed + kept > free)
    throw new ParbakeError('DISK_FULL', `${where} are to be pulled, which take more unpacked`);
  if (compressed * usualExpansion + kept <= free) return [];
  const message = `${where} are to be pulled: unpacked they often take ${usualExpansion} times that`;
  return [{ code: 'DISK_TIGHT', message }];
}
