import { join } from 'node:path';
import type { Root } from '../../host/root.ts';
import { absent, kindOf } from '../../host/resolve.ts';
import { readRegularText } from '../../host/regular-file.ts';

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

/** How Docker names the layers of images and containers. BuildKit has names of its own. */
export const pulledLayer = /^[0-9a-f]{64}(-init)?$/;

/** Where a storage driver has its layers. Others (btrfs, zfs) keep them in what only they can remove. */
export const layerFolders: Readonly<Record<string, string>> = {
  overlay2: 'overlay2',
  'fuse-overlayfs': 'fuse-overlayfs',
  vfs: 'vfs/dir',
};

/** A layer's directory, and the short link that leads to it; nothing when it is not there. */
export async function layer(root: Root, folder: string, id: string): Promise<string[]> {
  const path = join(folder, id);
  if ((await kindOf(root, path)) !== 'directory') return [];
  const short = await read(root, join(path, 'link'));
  const link = join(folder, 'l', short);
  const isLinked = /^[A-Z0-9]{26}$/.test(short) && (await kindOf(root, link)) === 'link';
  return [...(isLinked ? [link] : []), path];
}

/** A small file of Docker's; empty when there is none. */
export async function read(root: Root, path: string): Promise<string> {
  if ((await kindOf(root, path)) !== 'other') return '';
  const text = await readRegularText(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return (text ?? '').trim();
}
