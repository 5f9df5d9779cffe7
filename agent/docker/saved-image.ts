import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { reasonOf } from '../../proto/errors/cause.ts';
import { MergedFiles, type LayerEntry } from '../core/image/merged-files.ts';
import { readTar, type TarEntry } from '../core/image/tar.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { readStream, type StreamReading } from './engine-stream.ts';
import { member, parseJson } from '../core/json.ts';

/** An image as the Engine gives it away (`docker save`). */
export interface SavedImage {
  /** SHA-256, hex, of the configuration; undefined where the Engine did not send it, as for a layer. */
  config: string | undefined;
  /** Base first, without those that are missing. */
  layers: SavedLayer[];
  /**
   * Layers that the Engine did not send. One with images in containerd does not fetch a layer that it has unpacked for another
   * image, even if that image has it packed in another way, and then sends nothing of the image but its manifest.
   */
  missing: string[];
  /** Pieces that are not what their own name says. */
  broken: string[];
  sizeBytes: number;
}

export interface SavedLayer {
  /** Digest of the unpacked archive, `sha256:…`. */
  diffId: string;
  /** In the order of the archive. */
  entries: LayerEntry[];
}

/** Bytes: a configuration with a long history. */
const longestDocument = 8 * 1024 * 1024;

/** How the Engine is read from. */
export interface EngineReading {
  client: DockerClient;
  /** Longest silence of the Engine, milliseconds. */
  silenceMs: number;
  signal: AbortSignal;
}

/**
 * Has the Engine send an image, and reads it to its end. An Engine with graph drivers puts each layer together again from
 * its files for that, in a copy on its own disk, and fails when a file is not as it came; one with images in containerd
 * sends what came from the registry.
 * @param perFile whether the files of each layer are told apart
 * @throws ParbakeError as `dockerError` says, with the Engine's words; the signal's reason when it aborts
 */
export async function readSavedImage(
  { client, ...reading }: EngineReading,
  name: string,
  perFile: boolean,
): Promise<SavedImage> {
  const stream: StreamReading = { client, ...reading, what: `read the layers of ${name}` };
  return await readStream(
    stream,
    () => client.getImage(name).get(),
    (bytes) => read(bytes, perFile),
  );
}

/**
 * SHA-256, hex, of every regular file that a container of an image sees, by path. A container is created for it and removed,
 * and never started.
 * @throws ParbakeError as `dockerError` says; the signal's reason when it aborts
 */
export async function readUnpackedFiles(
  { client, ...reading }: EngineReading,
  name: string,
): Promise<Map<string, string>> {
  const { signal } = reading;
  // The name of the program does not matter, but an image without any has to be given one.
  const options = { Image: name, Cmd: ['parbake-never-started'] };
  const container = await withDeadline(
    `create a container of ${name}`,
    dockerDeadlines.create,
    signal,
    (abortSignal) => client.createContainer({ ...options, abortSignal }),
  );
  const stream: StreamReading = { client, ...reading, what: `read the files of ${name}` };
  try {
    return await readStream(
      stream,
      () => container.export(),
      async (bytes) => {
        const files = new MergedFiles('followed');
        files.add(await entriesOf(bytes));
        return files.files();
      },
    );
  } finally {
    await withDeadline(
      `remove the container of ${name}`,
      dockerDeadlines.remove,
      new AbortController().signal,
      () => container.remove({ force: true, v: true }),
    );
  }
}

interface Piece {
  sha256: string;
  /** Digest of the unpacked content. */
  contentSha256: string;
  entries: LayerEntry[];
}

async function read(stream: AsyncIterable<Buffer>, perFile: boolean): Promise<SavedImage> {
  const pieces = new Map<string, Piece>();
  const documents = new Map<string, string>();
  const links = new Map<string, string>();
  const broken: string[] = [];
  let sizeBytes = 0;
  for await (const entry of readTar(stream)) {
    const { path, type, target } = entry;
    sizeBytes += entry.sizeBytes;
    if (type === 'symlink' || type === 'hardlink') links.set(path, linkTarget(path, type, target));
    if (type !== 'file') continue;
    const piece = await readPiece(entry, perFile, (text) => void documents.set(path, text));
    pieces.set(path, piece);
    const named = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path)?.[1];
    if (named !== undefined && named !== piece.sha256) broken.push(path);
  }
  const { config, layers } = contentsOf(documents.get('manifest.json'));
  const find = (path: string): Piece | undefined => pieces.get(path) ?? pieces.get(links.get(path) ?? '');
  const missing = layers.filter((path) => find(path) === undefined);
  const configPiece = find(config);
  if (configPiece === undefined && missing.length === 0) throw new Error(`the Engine sent no ${config}`);
  return {
    config: configPiece?.sha256,
    layers: layers.flatMap((path) => {
      const piece = find(path);
      return piece === undefined ? [] : [{ diffId: `sha256:${piece.contentSha256}`, entries: piece.entries }];
    }),
    missing,
    broken,
    sizeBytes,
  };
}

function linkTarget(path: string, type: TarEntry['type'], target: string): string {
  if (type === 'hardlink') return target;
  return new URL(target, `file:///${path}`).pathname.slice(1);
}

function contentsOf(text: string | undefined): { config: string; layers: string[] } {
  const list = parseJson(text ?? '');
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const config = member(first, 'Config');
  // The list of an image without layers is null.
  const layers = member(first, 'Layers') ?? [];
  const isList = Array.isArray(layers) && layers.every((one) => typeof one === 'string');
  if (typeof config !== 'string' || !isList)
    throw new Error("the Engine's archive of the image has no list of its layers");
  return { config, layers };
}

/** A document, or a layer, packed as it came from the registry or not. */
async function readPiece(
  { path, body, sizeBytes }: TarEntry,
  perFile: boolean,
  onDocument: (text: string) => void,
): Promise<Piece> {
  const raw = createHash('sha256');
  const chunks = body[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < magicEnd) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  /** The Engine broke off, which says nothing about what it sent. */
  let brokenOff: { cause: unknown } | undefined;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      return await chunks.next();
    } catch (cause) {
      brokenOff = { cause };
      throw cause;
    }
  };
  async function* all(): AsyncGenerator<Uint8Array> {
    raw.update(head);
    yield head;
    for (;;) {
      const { done, value } = await next();
      if (done === true) return;
      raw.update(value);
      yield value;
    }
  }
  if (isDocument(head) || path === 'VERSION') {
    const parts: Uint8Array[] = [];
    for await (const chunk of all()) if (sizeBytes <= longestDocument) parts.push(chunk);
    onDocument(Buffer.concat(parts).toString('utf8'));
    const sha256 = raw.digest('hex');
    return { sha256, contentSha256: sha256, entries: [] };
  }
  const content = createHash('sha256');
  const unpacked = tee(unpack(head, all()), content);
  let entries: LayerEntry[] = [];
  try {
    if (perFile && sizeBytes > 0) entries = await entriesOf(unpacked);
    for await (const _ of unpacked);
  } catch (cause) {
    const { cause: outer } = brokenOff ?? {};
    if (outer !== undefined) throw outer;
    const reason = reasonOf(cause);
    throw new Error(`${path} is damaged: ${reason}`, { cause });
  }
  return { sha256: raw.digest('hex'), contentSha256: content.digest('hex'), entries };
}

/** Where the first header of an archive has its mark, bytes. */
const magicStart = 257;
const magicEnd = 262;

/** JSON, and not an archive whose first file has a name that begins like JSON. */
function isDocument(head: Uint8Array): boolean {
  const isArchive = Buffer.from(head.subarray(magicStart, magicEnd)).toString('latin1') === 'ustar';
  return !isArchive && (head[0] === 0x7b || head[0] === 0x5b);
}

async function entriesOf(archive: AsyncIterable<Uint8Array>): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const { path, type, target, body } of readTar(archive)) {
    if (type !== 'file') {
      entries.push({ path, type, target });
      continue;
    }
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk);
    entries.push({ path, type, sha256: hash.digest('hex') });
  }
  return entries;
}

function unpack(head: Uint8Array, bytes: AsyncGenerator<Uint8Array>): AsyncIterable<Uint8Array> {
  const starts = (...magic: number[]): boolean => magic.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) return piped(bytes, createGunzip());
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return piped(bytes, createZstdDecompress());
  return bytes;
}

function piped(
  bytes: AsyncGenerator<Uint8Array>,
  unpacker: ReturnType<typeof createGunzip>,
): AsyncIterable<Uint8Array> {
  const source = Readable.from(bytes);
  source.on('error', (cause) => unpacker.destroy(cause));
  return source.pipe(unpacker) as AsyncIterable<Uint8Array>;
}

async function* tee(
  bytes: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
