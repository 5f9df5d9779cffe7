import { defined } from '../../../proto/errors/defined.ts';

/** One layer during a pull. Sizes are bytes, durations milliseconds; what the Engine did not say is absent. */
export interface LayerProgress {
  /** The Engine's short id: the first 12 hex digits of the layer's digest. */
  id: string;
  phase: 'waiting' | 'downloading' | 'downloaded' | 'extracting' | 'done';
  /** The Engine already had it. */
  cached: boolean;
  /** Compressed size. */
  sizeBytes?: number;
  downloadedBytes: number;
  /** Start of its download and of its extraction, on the clock that `apply` is given. It waited until then. */
  downloadAt?: number;
  extractAt?: number;
  downloadMs?: number;
  extractMs?: number;
}

/** How a pull's stream ended. */
export type PullOutcome =
  | { kind: 'done'; digest?: string | undefined; upToDate: boolean }
  | { kind: 'failed'; text: string }
  /** The stream ended without saying that the pull did. */
  | { kind: 'cut' };

/**
 * Reads the lines of the Engine's answer to a pull. The Engine answers HTTP 200 first and reports everything else, failures
 * included, inside the stream.
 */
export class PullProgress {
  readonly #layers = new Map<string, LayerProgress>();
  #digest: string | undefined;
  #status: string | undefined;
  #error: string | undefined;

  /**
   * @param line one value of the stream
   * @param now monotonic time in milliseconds at which it arrived
   */
  apply(line: unknown, now: number): void {
    if (typeof line !== 'object' || line === null) return;
    const error = errorText(line);
    if (error !== undefined) this.#error ??= error;
    const status = textField(line, 'status');
    if (status === undefined) return;
    const id = textField(line, 'id');
    if (id !== undefined && /^[0-9a-f]{12,64}$/.test(id)) this.#applyLayer(id, status, detailOf(line), now);
    if (status.startsWith('Digest: ')) this.#digest = status.slice('Digest: '.length).trim();
    if (status.startsWith('Status: ')) this.#status = status;
  }

  /** Layers in the order in which the Engine first named them. */
  layers(): LayerProgress[] {
    return [...this.#layers.values()].map((layer) => ({ ...layer }));
  }

  /** Whether the pull waits for its turn: it has layers to fetch, and none of them is being fetched or unpacked. */
  isQueued(): boolean {
    const phases = [...this.#layers.values()].map(({ phase }) => phase);
    const isBusy = phases.some((phase) => phase === 'downloading' || phase === 'extracting');
    return !isBusy && phases.some((phase) => phase !== 'done');
  }

  outcome(): PullOutcome {
    if (this.#error !== undefined) return { kind: 'failed', text: this.#error };
    if (this.#digest === undefined && this.#status === undefined) return { kind: 'cut' };
    const upToDate = this.#status?.includes('up to date') ?? false;
    return { kind: 'done', upToDate, digest: this.#digest };
  }

  #applyLayer(id: string, status: string, detail: Detail, now: number): void {
    let layer = this.#layers.get(id);
    if (layer === undefined) {
      layer = { id, phase: 'waiting', cached: false, downloadedBytes: 0 };
      this.#layers.set(id, layer);
    }
    if (status === 'Already exists') {
      layer.phase = 'done';
      layer.cached = true;
    } else if (status === 'Downloading') {
      layer.phase = 'downloading';
      // A retry starts over, but the lost time belongs to the download.
      layer.downloadAt ??= now;
      if (detail.total !== undefined) layer.sizeBytes = detail.total;
      layer.downloadedBytes = detail.current ?? layer.downloadedBytes;
    } else if (status === 'Verifying Checksum' || status === 'Download complete') {
      layer.phase = 'downloaded';
      layer.downloadedBytes = layer.sizeBytes ?? layer.downloadedBytes;
      if (layer.downloadAt !== undefined) layer.downloadMs ??= now - layer.downloadAt;
    } else if (status === 'Extracting') {
      layer.phase = 'extracting';
      layer.extractAt ??= now;
      // The Engine reports compressed bytes here too; small layers are never seen downloading.
      if (detail.total !== undefined) layer.sizeBytes ??= detail.total;
    } else if (status === 'Pull complete') {
      layer.phase = 'done';
      if (layer.extractAt !== undefined) layer.extractMs = now - layer.extractAt;
    }
  }
}

/**
 * Joins the layers of several attempts of one pull. A layer that an earlier attempt completed is already there for the last one,
 * but it was downloaded all the same.
 * @param tries oldest first
 */
export function layersOfTries(tries: readonly (readonly LayerProgress[])[]): LayerProgress[] {
  const earlier = tries.slice(0, -1).flat();
  return (tries.at(-1) ?? []).map((layer) => {
    if (!layer.cached) return layer;
    return earlier.find(({ id, phase, cached }) => id === layer.id && phase === 'done' && !cached) ?? layer;
  });
}

/** Returns the layers with times since the pull began. */
export function sincePull(layers: readonly LayerProgress[], beganAt: number): LayerProgress[] {
  return layers.map(({ downloadAt, extractAt, ...layer }) => ({
    ...layer,
    ...defined({
      downloadAt: downloadAt === undefined ? undefined : downloadAt - beganAt,
      extractAt: extractAt === undefined ? undefined : extractAt - beganAt,
    }),
  }));
}

interface Detail {
  current?: number | undefined;
  total?: number | undefined;
}

function detailOf(line: object): Detail {
  const detail: unknown = 'progressDetail' in line ? line.progressDetail : undefined;
  if (typeof detail !== 'object' || detail === null) return {};
  const current = 'current' in detail ? positive(detail.current) : undefined;
  const total = 'total' in detail ? positive(detail.total) : undefined;
  return { current, total };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function textField(line: object, key: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(line, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** Old Engines fill `error`, newer ones both. */
function errorText(line: object): string | undefined {
  const detail: unknown = 'errorDetail' in line ? line.errorDetail : undefined;
  const inDetail = typeof detail === 'object' && detail !== null ? textField(detail, 'message') : undefined;
  return inDetail ?? textField(line, 'error') ?? (detail === undefined ? undefined : 'unknown error');
}
