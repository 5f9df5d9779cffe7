import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from '../host/root.ts';

/** A file of a layer: the store's directory and the path in the layer. Layers have different names in every bake. */
const layerFile = /^(\/.*\/overlay2)\/[^/]+\/diff(\/.*)$/;

/**
 * Finds files of an earlier bake in this one: at the same path, or at the same path of the one layer that has it.
 * @param paths paths from the file system's root
 * @returns the files that were found, by their old path
 */
export async function locateFiles(root: Root, paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const now = (await isThere(root, path)) ? path : await findInLayers(root, path);
    if (now !== undefined) found.set(path, now);
  }
  return found;
}

async function findInLayers(root: Root, path: string): Promise<string | undefined> {
  const [, store, inLayer] = layerFile.exec(path) ?? [];
  if (store === undefined || inLayer === undefined) return undefined;
  const layers = await readdir(root.path(store)).catch(() => []);
  const candidates = layers.map((layer) => join(store, layer, 'diff', inLayer));
  const present = await Promise.all(candidates.map((candidate) => isThere(root, candidate)));
  const matches = candidates.filter((_, index) => present[index]);
  return matches.length === 1 ? matches[0] : undefined;
}

async function isThere(root: Root, path: string): Promise<boolean> {
  return await stat(root.path(path)).then(
    (found) => found.isFile(),
    () => false,
  );
}
