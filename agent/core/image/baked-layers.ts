import type { BakedLayer } from '../manifest.ts';
import type { LayerProgress } from './pull-progress.ts';
import { defined } from '../../../proto/errors/defined.ts';

interface SourceRecord {
  digest: string;
  repository: string;
}

interface KnownLayer {
  digest: string;
  diffId: string;
  sizeBytes?: number | undefined;
}

/**
 * Joins what a pull told about layers with the registry's list of them, base first.
 * @param pulled empty when nothing was pulled
 */
export function knownLayers(pulled: readonly LayerProgress[], known: readonly KnownLayer[]): BakedLayer[] {
  const left = new Map(pulled.map((layer) => [layer.id, layer]));
  return known.map(({ digest, diffId, sizeBytes }) => {
    const layer = left.get(shortId(digest));
    // An image may list one layer twice; it came over the wire once.
    left.delete(shortId(digest));
    return { ...toLayer(digest, layer), ...defined({ sizeBytes }), diffId };
  });
}

/**
 * Joins what a pull told about layers with the image's own list of them, where the registry does not tell more.
 * @param pulled empty when nothing was pulled
 * @param diffIds the unpacked layers, base first
 * @param records compressed layers by diff id
 * @param repository the image's repository in full: one layer may come from several
 */
export function bakedLayers(
  pulled: readonly LayerProgress[],
  diffIds: readonly string[],
  records: ReadonlyMap<string, readonly SourceRecord[]>,
  repository: string,
): BakedLayer[] {
  if (!diffIds.every((diffId) => records.has(diffId))) {
    if (pulled.length > 0) return pulled.map((layer) => toLayer(layer.id, layer));
    return diffIds.map((digest) => ({ digest, diffId: digest, cached: true }));
  }
  const left = new Map(pulled.map((layer) => [layer.id, layer]));
  return diffIds.map((diffId) => {
    const candidates = records.get(diffId) ?? [];
    const named = candidates.find((record) => left.has(shortId(record.digest)));
    const record = named ?? candidates.find((other) => other.repository === repository) ?? candidates[0];
    const digest = record?.digest ?? diffId;
    const layer = left.get(shortId(digest));
    // An image may list one layer twice; it came over the wire once.
    left.delete(shortId(digest));
    return { ...toLayer(digest, layer), diffId };
  });
}

function shortId(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

function toLayer(digest: string, layer: LayerProgress | undefined): BakedLayer {
  if (layer === undefined || layer.cached) return { digest, cached: true };
  const { sizeBytes, downloadAt, downloadMs, extractAt, extractMs } = layer;
  const figures = {
    sizeBytes,
    downloadStartMs: rounded(downloadAt),
    downloadMs: rounded(downloadMs),
    extractStartMs: rounded(extractAt),
    extractMs: rounded(extractMs),
  };
  return { digest, ...defined(figures), cached: false };
}

/** Microseconds are beyond what the Engine's throttled progress can tell. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1000;
}
