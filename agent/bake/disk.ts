import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskFigures } from '../core/manifest.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { EngineFacts, ImageEngine } from '../docker/engine.ts';
import type { Root } from '../host/root.ts';
import { layerFolders } from '../docker/disk/container-layers.ts';
import { orphanedLayers } from '../docker/disk/orphaned-layers.ts';
import { belowRoot, dataRootHere, imageFolder } from '../docker/disk/data-root.ts';
import { formatBytes } from './units.ts';

/** What is free where the Engine has its images, bytes; undefined when that cannot be seen from here. */
export async function freeBytes(root: Root, facts: EngineFacts): Promise<number | undefined> {
  const found = await statfs(imageFolder(root, facts)).catch(() => undefined);
  return found === undefined ? undefined : found.bavail * found.bsize;
}

/**
 * Compares what lies in the Engine's directories with what the Engine knows of: a pull that was killed leaves layers there
 * that Docker neither counts nor ever removes.
 */
export async function lookAtDisk(
  root: Root,
  facts: EngineFacts,
  engine: ImageEngine,
  freeBefore: number | undefined,
  signal: AbortSignal,
): Promise<{ disk: DiskFigures; warnings: Warning[] }> {
  const orphans = await orphanedData(root, facts);
  const orphanBytes = await diskUsage(orphans);
  const freeAfter = await freeBytes(root, facts);
  const disk = {
    freeBeforeBytes: freeBefore,
    freeAfterBytes: freeAfter,
    layersBytes: await diskUsage([layersFolder(root, facts)]),
    engineLayersBytes: await engine.layersBytes(signal),
    orphanBytes,
  };
  const [first] = orphans;
  if (first === undefined) return { disk, warnings: [] };
  const more = orphans.length === 1 ? '' : ` and ${orphans.length - 1} more`;
  const message = `${formatBytes(orphanBytes)} are of no image, as a pull leaves them that was killed: ${first}${more}; Docker never removes them, "parbake-agent scrub" does`;
  return { disk, warnings: [{ code: 'LAYERS_ORPHANED', message }] };
}

/** Where unpacked layers are. */
function layersFolder(root: Root, facts: EngineFacts): string {
  const folder = imageFolder(root, facts);
  if (facts.imageStore === 'containerd') return folder;
  return join(folder, layerFolders[facts.storageDriver] ?? facts.storageDriver);
}

/** Paths on this machine: layers without a record, half-made records, and downloads that were broken off. */
async function orphanedData(root: Root, facts: EngineFacts): Promise<string[]> {
  const here = dataRootHere(root, facts);
  const inside = async (folder: string): Promise<string[]> => {
    const names = await readdir(folder).catch(() => []);
    return names.map((name) => join(folder, name));
  };
  const tmp = (await inside(join(here, 'tmp'))).filter((path) => path.includes('GetImageBlob'));
  if (facts.imageStore === 'containerd')
    return [
      ...tmp,
      ...(await inside(join(imageFolder(root, facts), 'io.containerd.content.v1.content/ingest'))),
    ];
  const folder = layerFolders[facts.storageDriver];
  if (folder === undefined) return tmp;
  const layers = await orphanedLayers({
    root,
    dataRoot: belowRoot(root, here) ?? facts.dataRoot,
    folder,
    origin: 'pulled',
    // Only what has no record at all: the Engine runs, and knows best what its cache has.
    keepsBuildCache: true,
  });
  const records = await inside(join(here, 'image', facts.storageDriver, 'layerdb/tmp'));
  return [...layers.map((path) => root.path(path)), ...records, ...tmp];
}

/** What paths take on the disk with all below them, bytes; a file with several names counts once, as for du(1). */
async function diskUsage(paths: readonly string[]): Promise<number> {
  const seen = new Set<string>();
  const pending = [...paths];
  let bytes = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) continue;
    const { dev, ino, nlink, blocks } = found;
    if (!found.isDirectory() && nlink > 1) {
      if (seen.has(`${dev}:${ino}`)) continue;
      seen.add(`${dev}:${ino}`);
    }
    bytes += blocks * 512;
    if (found.isDirectory())
      for (const name of await readdir(path).catch(() => [])) pending.push(join(path, name));
  }
  return bytes;
}
