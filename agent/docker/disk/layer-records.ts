import { join } from 'node:path';
import { parseJson } from '../../core/json.ts';
import { readRegularText } from '../../host/regular-file.ts';

/** Where a layer came from, as the Engine wrote it down when it pulled the layer. */
export interface LayerRecord {
  /** Digest of the compressed layer, `sha256:…`. */
  digest: string;
  /** Repository in full, such as `docker.io/library/redis`. */
  repository: string;
}

/**
 * The Engine's own records of compressed layers: its API names them by short ids only. Engines that keep
 * images in containerd have none.
 * @param dataRoot where the Engine's data root is for this process
 * @returns records by diff id; layers without any are left out
 */
export async function layerRecords(
  dataRoot: string,
  storageDriver: string,
  diffIds: readonly string[],
): Promise<Map<string, LayerRecord[]>> {
  const folder = join(dataRoot, 'image', storageDriver, 'distribution', 'v2metadata-by-diffid', 'sha256');
  const result = new Map<string, LayerRecord[]>();
  for (const diffId of new Set(diffIds)) {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(diffId)?.[1];
    const records = hex === undefined ? [] : await readRecords(join(folder, hex));
    if (records.length > 0) result.set(diffId, records);
  }
  return result;
}

async function readRecords(file: string): Promise<LayerRecord[]> {
  // A convenience of the Engine's, not a promise: without it the short ids are used.
  const list = parseJson(await readRegularText(file).catch(() => ''));
  return Array.isArray(list) ? list.flatMap(toRecord) : [];
}

function toRecord(value: unknown): LayerRecord[] {
  if (typeof value !== 'object' || value === null || !('Digest' in value)) return [];
  const repository = 'SourceRepository' in value ? value.SourceRepository : '';
  if (typeof value.Digest !== 'string' || typeof repository !== 'string') return [];
  return [{ digest: value.Digest, repository }];
}
