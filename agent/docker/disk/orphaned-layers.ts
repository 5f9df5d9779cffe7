import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chainIds } from '../../core/image/layer-chain.ts';
import type { Root } from '../../host/root.ts';
import { layer, layerFolders, pulledLayer, read } from './container-layers.ts';
import { absent, kindOf } from '../../host/resolve.ts';
import { member, parseJson } from '../../core/json.ts';

export interface LayerSearch {
  root: Root;
  /** Below the root, without links. */
  dataRoot: string;
  /** Where a storage driver has its layers, below the data root. */
  folder: string;
  /** Told by the names that Docker and BuildKit give to layers. */
  origin: 'pulled' | 'built';
  /** Whether a layer on record may be the build cache's: the cache's own records cannot be read here. */
  keepsBuildCache: boolean;
}

/**
 * Layers that neither an image nor a container has, with Docker's records of them: what a pull leaves that was killed,
 * and the layers of a build cache. Docker never removes the former, nor the latter once the cache is not there.
 */
export async function orphanedLayers(search: LayerSearch): Promise<string[]> {
  const { root, dataRoot, origin, keepsBuildCache } = search;
  const [driver] = Object.entries(layerFolders).find(([, folder]) => folder === search.folder) ?? [];
  const store = join(dataRoot, 'image', driver ?? '');
  // These records are needed: every layer would look like an orphan otherwise.
  if (driver === undefined || (await kindOf(root, join(store, 'layerdb/sha256'))) !== 'directory') return [];
  const names = { pulled: pulledLayer, built: builtLayer }[origin];
  const recorded = await recordedLayers(root, store);
  const chains = keepsBuildCache ? undefined : await chainsInUse(root, store);
  const unused = recorded.filter(
    ({ chain, id }) => names.test(id) && chains !== undefined && !chains.has(chain),
  );
  const used = new Set([
    ...recorded.filter((one) => !unused.includes(one)).map(({ id }) => id),
    ...(await containersLayers(root, store)),
  ]);
  const folder = join(dataRoot, search.folder);
  const ids = (await namesIn(root, folder)).filter((id) => names.test(id) && !used.has(id));
  const layers = await Promise.all(ids.map((id) => layer(root, folder, id)));
  // The records last, since they alone tell that the layers are nobody's.
  return [...layers.flat(), ...unused.map(({ record }) => record)];
}

const builtLayer = /^[0-9a-z]{25}$/;

/** What Docker has on record: by the chain of layers up to it, and by the name of its directory. */
async function recordedLayers(root: Root, store: string) {
  const folder = join(store, 'layerdb/sha256');
  const names = (await namesIn(root, folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  return await Promise.all(
    names.map(async (chain) => {
      const record = join(folder, chain);
      return { chain, record, id: await read(root, join(record, 'cache-id')) };
    }),
  );
}

/** Chains that an image or a container is made of; undefined when an image's configuration cannot be understood. */
async function chainsInUse(root: Root, store: string): Promise<Set<string> | undefined> {
  const folder = join(store, 'imagedb/content/sha256');
  if ((await kindOf(root, folder)) !== 'directory') return undefined;
  const chains = new Set<string>();
  for (const name of await namesIn(root, folder)) {
    const diffs = diffIdsIn(await read(root, join(folder, name)));
    if (diffs === undefined) return undefined;
    for (const chain of chainIds(diffs)) chains.add(hexOf(chain));
  }
  for (const name of await namesIn(root, join(store, 'layerdb/mounts'))) {
    let chain = hexOf(await read(root, join(store, 'layerdb/mounts', name, 'parent')));
    while (chain !== '' && !chains.has(chain)) {
      chains.add(chain);
      chain = hexOf(await read(root, join(store, 'layerdb/sha256', chain, 'parent')));
    }
  }
  return chains;
}

function diffIdsIn(config: string): string[] | undefined {
  const image = parseJson(config);
  if (image === undefined) return undefined;
  const ids = member(member(image, 'rootfs'), 'diff_ids') ?? [];
  return Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : undefined;
}

async function containersLayers(root: Root, store: string): Promise<string[]> {
  const folder = join(store, 'layerdb/mounts');
  const names = await namesIn(root, folder);
  return await Promise.all(
    names.flatMap((name) => ['mount-id', 'init-id'].map((file) => read(root, join(folder, name, file)))),
  );
}

function hexOf(digest: string): string {
  return /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] ?? '';
}

async function namesIn(root: Root, path: string): Promise<string[]> {
  const names = await readdir(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return (names ?? []).sort();
}
