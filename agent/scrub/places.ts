import { readFile } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import type { Places } from './locate.ts';

const defaultDataRoot = '/var/lib/docker';
const execRoot = '/run/docker';

/** The manifest below a root; undefined when there is none. @throws ParbakeError MANIFEST_INVALID */
export async function readManifest(root: Root): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(root.path(manifestPath), 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ParbakeError('MANIFEST_INVALID', `cannot read ${manifestPath}: ${String(cause)}`, { cause });
  }
  return parseManifest(text);
}

function parseManifest(text: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ParbakeError('MANIFEST_INVALID', `${manifestPath} is not JSON`, { cause });
  }
  const manifest = parsed as Partial<Manifest> | null;
  const isComplete =
    manifest?.apiVersion === 'parbake/v1' &&
    typeof manifest.bakeId === 'string' &&
    typeof manifest.builder?.dataRoot === 'string' &&
    Array.isArray(manifest.images) &&
    Array.isArray(manifest.roles) &&
    manifest.seal !== undefined;
  if (!isComplete) throw new ParbakeError('MANIFEST_INVALID', `${manifestPath} lacks required fields`);
  return manifest as Manifest;
}

/** Where to look: the data root that the bake learnt from the Engine. */
export function placesOf(root: Root, manifest: Manifest | undefined): Places {
  return { root, dataRoot: manifest?.builder.dataRoot ?? defaultDataRoot, execRoot };
}
