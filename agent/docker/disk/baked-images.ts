import { join } from 'node:path';
import { chainIds } from '../../core/image/layer-chain.ts';
import { isObject, member, parseJson, textMember } from '../../core/json.ts';
import type { BakedImage, Builder } from '../../core/manifest.ts';
import { absent, kindOf, resolveInRoot } from '../../host/resolve.ts';
import { readRegularText } from '../../host/regular-file.ts';
import type { Root } from '../../host/root.ts';
import { layerFolders } from './container-layers.ts';

/** What of a manifest says where its images are. */
export interface BakedHere {
  builder: Pick<Builder, 'dataRoot' | 'imageStore' | 'storageDriver'>;
  images: readonly BakedImage[];
}

/**
 * Looks for the images of a bake in Docker's own files, without Docker: a directory that is there proves nothing.
 * @returns one sentence for each image that a clone would not have
 * @throws ParbakeError SCRUB_FAILED when something cannot be read
 */
export async function lostImages(root: Root, { builder, images }: BakedHere): Promise<string[]> {
  const folder = await imagesFolder(root, builder);
  const lost: string[] = [];
  for (const image of images) {
    const reason =
      folder === undefined
        ? `the data root ${builder.dataRoot} is not there`
        : builder.imageStore === 'containerd'
          ? await missingBlob(root, folder, image)
          : await missingPart(root, folder, builder.storageDriver, image);
    if (reason !== undefined) lost.push(`${image.ref} (${reason})`);
  }
  return lost;
}

async function imagesFolder(
  root: Root,
  { dataRoot, imageStore }: BakedHere['builder'],
): Promise<string | undefined> {
  if (imageStore !== 'containerd') return await resolveInRoot(root, dataRoot);
  const own = await resolveInRoot(root, join(dataRoot, 'containerd/daemon'));
  return own ?? (await resolveInRoot(root, '/var/lib/containerd'));
}

/** Where a storage driver keeps its files is known of some; the others have records at least. */
async function missingPart(
  root: Root,
  dataRoot: string,
  driver: string,
  { imageId, tag }: BakedImage,
): Promise<string | undefined> {
  const records = join(dataRoot, 'image', driver);
  const config = await textAt(root, join(records, 'imagedb/content/sha256', hexOf(imageId)));
  if (config === undefined) return `Docker has no image ${imageId}`;
  const parsed = parseJson(config);
  if (!isObject(parsed)) return `the configuration of ${imageId} is damaged`;
  if (tag !== undefined) {
    const found = await idOfTag(root, records, tag);
    if (found !== imageId) return `its tag is ${found === '' ? 'gone' : `that of ${found} now`}`;
  }
  const diffIds = member(member(parsed, 'rootfs'), 'diff_ids');
  for (const chain of chainIds(Array.isArray(diffIds) ? diffIds.map(String) : [])) {
    const id = (await textAt(root, join(records, 'layerdb/sha256', hexOf(chain), 'cache-id')))?.trim();
    if (id === undefined || !/^[0-9a-z]+$/.test(id)) return `layer ${chain} has no record`;
    const layers = layerFolders[driver];
    if (layers === undefined) continue;
    const files = join(dataRoot, layers, id, driver === 'vfs' ? '' : 'diff');
    const place = await resolveInRoot(root, files);
    if (place === undefined || (await kindOf(root, place)) !== 'directory')
      return `the files of layer ${chain} are gone`;
  }
  return undefined;
}

async function idOfTag(root: Root, records: string, tag: string): Promise<string> {
  const text = await textAt(root, join(records, 'repositories.json'));
  const repositories = member(parseJson(text ?? ''), 'Repositories');
  return textMember(member(repositories, tag.replace(/:[^:/]*$/, '')), tag);
}

/** Which snapshots and tags there are is in a database; the documents that they come from are files. */
async function missingBlob(
  root: Root,
  folder: string,
  { imageId, platformDigest, configDigest }: BakedImage,
): Promise<string | undefined> {
  const blobs = join(folder, 'io.containerd.content.v1.content/blobs/sha256');
  for (const digest of [imageId, platformDigest, configDigest]) {
    if (digest === undefined) continue;
    if ((await textAt(root, join(blobs, hexOf(digest)))) === undefined) return `containerd has no ${digest}`;
  }
  return undefined;
}

/** A name in a directory, and nothing that leads elsewhere. */
function hexOf(digest: string): string {
  return /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] ?? 'none';
}

/** Configurations have a limit of a few mebibytes at Docker itself. */
async function textAt(root: Root, path: string): Promise<string | undefined> {
  const place = await resolveInRoot(root, path);
  if (place === undefined || (await kindOf(root, place)) !== 'other') return undefined;
  return await readRegularText(root.path(place)).catch((cause: unknown) => absent(place, cause));
}
