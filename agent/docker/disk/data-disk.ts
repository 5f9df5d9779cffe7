import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Builder } from '../../core/manifest.ts';
import { disksOf } from '../../host/disks.ts';
import { resolveInRoot } from '../../host/resolve.ts';
import type { Root } from '../../host/root.ts';
import { layerFolders } from './container-layers.ts';
import { belowRoot, dataRootHere, imageFolder } from './data-root.ts';

/** Where Docker keeps images, in relation to the disk of the root. */
export type DataDisk =
  | { kind: 'same' }
  /** Neither below the root nor known. */
  | { kind: 'outside' }
  /** On a file system of its own. Its disks, where they can be told, are other ones. */
  | { kind: 'other'; place: string; disks: readonly string[] | undefined };

/**
 * Compares the disks of everything that makes an image: a directory that is there proves nothing, since it may be where another
 * disk is mounted, and people mount one for the layers alone.
 */
export async function dataDisk(
  root: Root,
  facts: Pick<Builder, 'dataRoot' | 'imageStore' | 'storageDriver'>,
): Promise<DataDisk> {
  const folder = imageFolder(root, facts);
  if (statSync(await leadsTo(root, folder), { throwIfNoEntry: false }) === undefined)
    return { kind: 'outside' };
  const own = await disksOf(root.dir);
  let unknown: DataDisk | undefined;
  for (const place of placesOf(root, facts, folder)) {
    const found = statSync(await leadsTo(root, place), { throwIfNoEntry: false });
    if (found === undefined || found.dev === statSync(root.dir).dev) continue;
    const disks = await disksOf(await leadsTo(root, place));
    if (own === undefined || disks === undefined) unknown ??= { kind: 'other', place, disks: undefined };
    else if (![...disks].every((disk) => own.has(disk))) return { kind: 'other', place, disks: [...disks] };
  }
  return unknown ?? { kind: 'same' };
}

/** A link on the image starts at the image's root, not at this machine's. */
async function leadsTo(root: Root, path: string): Promise<string> {
  const inside = belowRoot(root, path);
  const place = inside === undefined ? undefined : await resolveInRoot(root, inside);
  return place === undefined ? path : root.path(place);
}

function placesOf(
  root: Root,
  facts: Pick<Builder, 'dataRoot' | 'imageStore' | 'storageDriver'>,
  folder: string,
): string[] {
  const parts =
    facts.imageStore === 'containerd'
      ? [
          'io.containerd.content.v1.content',
          'io.containerd.metadata.v1.bolt',
          `io.containerd.snapshotter.v1.${facts.storageDriver}`,
        ]
      : ['image', layerFolders[facts.storageDriver] ?? facts.storageDriver];
  return [folder, ...parts.map((part) => join(folder, part)), dataRootHere(root, facts)];
}
