import type { Root } from '../host/root.ts';
import { resolveInRoot, kindOf } from '../host/resolve.ts';
import { dirname, join, basename, isAbsolute, normalize } from 'node:path';
import { manifestPath, type Manifest, type Seal } from '../core/manifest.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { circleIn } from '../../proto/recipe/start-order.ts';
import { parseJsonOr } from '../core/json.ts';
import { reasonOf } from '../../proto/errors/cause.ts';
import { readRegularText } from '../host/regular-file.ts';

/** Returns the manifest's path on this machine. Its directory need not exist. */
export async function manifestFile(root: Root): Promise<string> {
  const folder = (await resolveInRoot(root, dirname(manifestPath))) ?? dirname(manifestPath);
  return root.path(join(folder, basename(manifestPath)));
}

/** Reads the manifest below a root; undefined when there is none. @throws ParbakeError MANIFEST_INVALID */
export async function readManifest(root: Root): Promise<Manifest | undefined> {
  const folder = await resolveInRoot(root, dirname(manifestPath));
  const kind = folder === undefined ? undefined : await kindOf(root, join(folder, basename(manifestPath)));
  if (kind === undefined) return undefined;
  // A link could lead to a file outside the image.
  if (kind !== 'other')
    throw new ParbakeError('MANIFEST_INVALID', `${manifestPath} is not a file but a ${kind}`);
  const text = await readRegularText(await manifestFile(root)).catch((cause: unknown) => {
    throw new ParbakeError('MANIFEST_INVALID', `cannot read ${manifestPath}: ${reasonOf(cause)}`, { cause });
  });
  return parseManifest(text);
}

function parseManifest(text: string): Manifest {
  const parsed = parseJsonOr(text, (reason) => {
    throw new ParbakeError('MANIFEST_INVALID', `${manifestPath}: ${reason}`);
  });
  const manifest = parsed as Partial<Manifest> | null;
  const version: unknown = manifest?.apiVersion;
  if (typeof version === 'string' && version !== 'parbake/v1')
    throw new ParbakeError(
      'MANIFEST_INVALID',
      `${manifestPath} has version "${version}", but this agent reads parbake/v1: install the agent that baked it`,
    );
  const isComplete =
    version === 'parbake/v1' &&
    typeof manifest?.bakeId === 'string' &&
    typeof manifest.builder?.dataRoot === 'string' &&
    Array.isArray(manifest.images) &&
    Array.isArray(manifest.roles) &&
    isSealOrNull(manifest.seal);
  if (!isComplete) throw new ParbakeError('MANIFEST_INVALID', `${manifestPath} lacks required fields`);
  const { dataRoot } = (manifest as Manifest).builder;
  // A scrub may remove anything below the data root.
  if (!isAbsolute(dataRoot) || normalize(dataRoot) !== dataRoot || dataRoot === '/')
    throw new ParbakeError(
      'MANIFEST_INVALID',
      `${manifestPath} has "${dataRoot}" as data root, which is not an absolute, normalised path below /`,
    );
  for (const { name, containers } of (manifest as Manifest).roles) {
    const circle = circleIn(containers)?.join(' after ');
    if (circle !== undefined)
      throw new ParbakeError('MANIFEST_INVALID', `${manifestPath}: containers of role ${name}: ${circle}`);
  }
  return manifest as Manifest;
}

function isSealOrNull(seal: Partial<Seal> | null | undefined): boolean {
  if (seal === null) return true;
  return typeof seal?.sealedAt === 'string' && Array.isArray(seal.removed) && Array.isArray(seal.kept);
}
