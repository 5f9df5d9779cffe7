import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from '../host/root.ts';
import { absent, kindOf } from './resolve.ts';

/**
 * The writable layers of a container that Docker can no longer be asked to remove. What the container wrote is in them.
 * @param dataRoot below the root, without links
 * @param record `DATA-ROOT/image/DRIVER/layerdb/mounts/CONTAINER`, where Docker keeps which layers are its own
 */
export async function containerLayers(root: Root, dataRoot: string, record: string): Promise<string[]> {
  const driver = record.slice(dataRoot.length).split('/').filter(Boolean)[1] ?? '';
  const folder = layerFolders[driver];
  if (folder === undefined) return [];
  const ids = await Promise.all(['mount-id', 'init-id'].map((name) => read(root, join(record, name))));
  const lists = await Promise.all(
    // A layer's name, and nothing that leads elsewhere.
    ids.filter((id) => pulledLayer.test(id)).map((id) => layer(root, join(dataRoot, folder), id)),
  );
  return lists.flat();
}

/**
 * Layers that neither an image nor a container has: what a pull or a build leaves that was killed, or whose records were
 * removed with the build cache. Docker does not know them and never removes them.
 * @param dataRoot below the root, without links
 * @param keepsBuildCache whether what a build made is somebody's: its own records are not read here
 */
export async function orphanedLayers(
  root: Root,
  dataRoot: string,
  keepsBuildCache: boolean,
): Promise<string[]> {
  const isOrphan = (id: string): boolean => pulledLayer.test(id) || (builtLayer.test(id) && !keepsBuildCache);
  const lists = await Promise.all(
    Object.entries(layerFolders).map(async ([driver, folder]) => {
      const records = join(dataRoot, 'image', driver, 'layerdb');
      // Without these records every layer would look like one that nobody has.
      if ((await kindOf(root, join(records, 'sha256'))) !== 'directory') return [];
      const known = await knownLayers(root, records);
      const ids = (await namesIn(root, join(dataRoot, folder))).filter(
        (id) => isOrphan(id) && !known.has(id),
      );
      const layers = await Promise.all(ids.map((id) => layer(root, join(dataRoot, folder), id)));
      return layers.flat();
    }),
  );
  return lists.flat();
}

async function knownLayers(root: Root, records: string): Promise<Set<string>> {
  const valuesIn = async (folder: string, files: readonly string[]): Promise<string[]> => {
    const names = await namesIn(root, join(records, folder));
    return await Promise.all(
      names.flatMap((name) => files.map((file) => read(root, join(records, folder, name, file)))),
    );
  };
  const lists = await Promise.all([
    valuesIn('sha256', ['cache-id']),
    valuesIn('mounts', ['mount-id', 'init-id']),
  ]);
  return new Set(lists.flat());
}

async function namesIn(root: Root, path: string): Promise<string[]> {
  const names = await readdir(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return (names ?? []).sort();
}

/** How Docker names the layers of images and containers, and how BuildKit names its own. */
const pulledLayer = /^[0-9a-f]{64}(-init)?$/;
const builtLayer = /^[0-9a-z]{25}$/;

/** Where a storage driver has its layers. Others (btrfs, zfs) keep them in what only they can remove. */
const layerFolders: Readonly<Record<string, string>> = {
  overlay2: 'overlay2',
  'fuse-overlayfs': 'fuse-overlayfs',
  vfs: 'vfs/dir',
};

async function layer(root: Root, folder: string, id: string): Promise<string[]> {
  const path = join(folder, id);
  if ((await kindOf(root, path)) !== 'directory') return [];
  const short = await read(root, join(path, 'link'));
  const link = join(folder, 'l', short);
  const isLinked = /^[A-Z0-9]{26}$/.test(short) && (await kindOf(root, link)) === 'link';
  return [...(isLinked ? [link] : []), path];
}

async function read(root: Root, path: string): Promise<string> {
  if ((await kindOf(root, path)) !== 'other') return '';
  const text = await readFile(root.path(path), 'utf8').catch((cause: unknown) => absent(path, cause));
  return (text ?? '').trim();
}
