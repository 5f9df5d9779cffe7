/** When a layer was fetched and extracted; see LayerPull in telemetry.proto. Milliseconds. */
export interface LayerTimes {
  downloadStartMs?: number;
  downloadMs?: number;
  extractStartMs?: number;
  extractMs?: number;
}

/** What a layer did during a part of its pull, or that it waited. Milliseconds since the pull began. */
export interface LayerPart {
  kind: 'wait' | 'download' | 'extract';
  from: number;
  to: number;
}

/**
 * One after the other from the pull's beginning; nothing for a layer that was there. Where it is not known when a part
 * began, as in what earlier versions reported, it follows the one before at once.
 */
export function layerParts({
  downloadStartMs,
  downloadMs,
  extractStartMs,
  extractMs,
}: LayerTimes): LayerPart[] {
  const parts: LayerPart[] = [];
  let at = 0;
  const add = (kind: LayerPart['kind'], to: number): void => {
    if (to > at) parts.push({ kind, from: at, to });
    at = Math.max(at, to);
  };
  if (downloadMs !== undefined) {
    add('wait', downloadStartMs ?? at);
    add('download', at + downloadMs);
  }
  if (extractMs !== undefined) {
    add('wait', extractStartMs ?? at);
    add('extract', at + extractMs);
  }
  return parts;
}

/** @returns when the last of them was extracted; at least 1 */
export function pullEndMs(layers: readonly LayerTimes[]): number {
  return layers.reduce((end, layer) => Math.max(end, layerParts(layer).at(-1)?.to ?? 0), 1);
}

/** @returns how long downloading and extracting took, without waiting, in milliseconds */
export function workedMs({ downloadMs = 0, extractMs = 0 }: LayerTimes): number {
  return downloadMs + extractMs;
}
