import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { OneFile } from './lazy-volume-fuse.ts';

export interface LazyModel {
  sizeBytes: number;
  /** What is fetched at once at the first touch. */
  chunkBytes: number;
  /** Milliseconds until a chunk that was never touched is there. */
  firstTouchMs: number;
  /** All fetches together, bytes per second. */
  bytesPerSecond: number;
}

/** What was fetched since the last reset. */
export interface LazyState {
  /** Chunk numbers in the order they were first touched. */
  hydrated: number[];
  /** Chunks that the snapshot has; others are zeros, which nobody has to fetch. */
  chunksInSnapshot: number;
  readRequests: number;
  readBytes: number;
}

/** Written blocks are told apart in pieces of this size; the device's sectors have it too. */
const blockBytes = 4096;

/**
 * A disk made from a snapshot, as EBS makes one: until `snapshot()` it is an ordinary disk; afterwards the first touch
 * of a chunk of the snapshot costs a delay and shares a limited rate, later touches are free, and what is written stays
 * apart, so that `reset()` gives a new disk from the same snapshot.
 */
export class LazyDisk implements OneFile {
  readonly sizeBytes: number;
  #model: LazyModel;
  readonly #base: number;
  readonly #changes: number;
  readonly #inBase: Uint8Array;
  #inChanges: Uint8Array;
  #isLazy = false;
  #fetches = new Map<number, Promise<void>>();
  /** When the last fetch that was begun lets the next one begin, milliseconds of performance.now(). */
  #rateFreeAt = 0;
  #broken = new Set<number>();
  #readRequests = 0;
  #readBytes = 0;

  /** @param path of a file that is made; what is written after the snapshot goes to `path.changes` */
  constructor(path: string, model: LazyModel) {
    this.#model = model;
    this.sizeBytes = model.sizeBytes;
    this.#base = openSync(path, 'w+');
    this.#changes = openSync(`${path}.changes`, 'w+');
    ftruncateSync(this.#base, model.sizeBytes);
    ftruncateSync(this.#changes, model.sizeBytes);
    this.#inBase = new Uint8Array(Math.ceil(model.sizeBytes / blockBytes));
    this.#inChanges = new Uint8Array(this.#inBase.length);
  }

  async read(into: Buffer, offset: number): Promise<void> {
    this.#readRequests += 1;
    this.#readBytes += into.length;
    const last = offset + into.length - 1;
    for (let at = offset; at <= last; at = this.#pieceEnd(at, last)) {
      const end = this.#pieceEnd(at, last);
      const isChanged = this.#inChanges[Math.floor(at / blockBytes)] === 1;
      if (!isChanged) await this.#touch(at, end - 1);
      readSync(isChanged ? this.#changes : this.#base, into, at - offset, end - at, at);
    }
  }

  write(data: Buffer, offset: number): void {
    const written = this.#isLazy ? this.#inChanges : this.#inBase;
    writeSync(this.#isLazy ? this.#changes : this.#base, data, 0, data.length, offset);
    written.fill(1, Math.floor(offset / blockBytes), Math.ceil((offset + data.length) / blockBytes));
  }

  /** From here on this is a disk that was made from the snapshot of what it has now. */
  snapshot(): void {
    if (this.#isLazy) throw new Error('there is a snapshot already');
    this.#isLazy = true;
    this.reset();
  }

  /** A new disk from the snapshot: nothing is fetched, nothing is written. The file system must not be mounted. */
  reset(): void {
    this.#inChanges = new Uint8Array(this.#inBase.length);
    ftruncateSync(this.#changes, 0);
    ftruncateSync(this.#changes, this.sizeBytes);
    this.#fetches = new Map();
    this.#rateFreeAt = 0;
    this.#readRequests = 0;
    this.#readBytes = 0;
  }

  /** Makes first touches slower or faster from here on. @param firstTouchMs milliseconds */
  pace(firstTouchMs: number): void {
    this.#model = { ...this.#model, firstTouchMs };
  }

  /** Reads of these chunks fail from here on. */
  breakChunks(chunks: readonly number[]): void {
    this.#broken = new Set(chunks);
  }

  state(): LazyState {
    const { chunkBytes } = this.#model;
    let chunksInSnapshot = 0;
    for (let chunk = 0; chunk * chunkBytes < this.sizeBytes; chunk++)
      if (this.#isInSnapshot(chunk)) chunksInSnapshot += 1;
    const hydrated = [...this.#fetches.keys()];
    return { hydrated, chunksInSnapshot, readRequests: this.#readRequests, readBytes: this.#readBytes };
  }

  close(): void {
    closeSync(this.#base);
    closeSync(this.#changes);
  }

  /** Where the run of blocks ends that lie in the same file as the one at `at`. */
  #pieceEnd(at: number, last: number): number {
    const kind = this.#inChanges[Math.floor(at / blockBytes)];
    let block = Math.floor(at / blockBytes) + 1;
    while (block * blockBytes <= last && this.#inChanges[block] === kind) block += 1;
    return Math.min(block * blockBytes, last + 1);
  }

  async #touch(first: number, last: number): Promise<void> {
    const { chunkBytes } = this.#model;
    for (let chunk = Math.floor(first / chunkBytes); chunk * chunkBytes <= last; chunk++) {
      if (this.#broken.has(chunk)) throw new Error(`chunk ${chunk} is broken`);
      if (this.#isLazy && this.#isInSnapshot(chunk)) await this.#fetch(chunk);
    }
  }

  #fetch(chunk: number): Promise<void> {
    const running = this.#fetches.get(chunk);
    if (running !== undefined) return running;
    const { chunkBytes, firstTouchMs, bytesPerSecond } = this.#model;
    const now = performance.now();
    this.#rateFreeAt = Math.max(now, this.#rateFreeAt) + (chunkBytes / bytesPerSecond) * 1000;
    const readyAt = Math.max(now + firstTouchMs, this.#rateFreeAt);
    const fetch = new Promise<void>((resolve) => void setTimeout(resolve, readyAt - now));
    this.#fetches.set(chunk, fetch);
    return fetch;
  }

  #isInSnapshot(chunk: number): boolean {
    const blocks = this.#model.chunkBytes / blockBytes;
    return this.#inBase.subarray(chunk * blocks, (chunk + 1) * blocks).includes(1);
  }
}
