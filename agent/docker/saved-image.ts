import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { reasonOf } from '../../proto/errors/cause.ts';
import { addEntry, emptyLayer, noContent, type LayerFiles } from '../core/image/merged-files.ts';
import { readTar, type TarEntry } from '../core/image/tar.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines } from './deadlines.ts';
import { dockerError } from './errors.ts';
import { member, parseJson } from '../core/json.ts';

/** An image as the Engine gives it away (`docker save`). */
export interface SavedImage {
  /** SHA-256, hex, of the configuration. */
  config: string;
  /** Base first. */
  layers: SavedLayer[];
  /** Pieces that are not what their own name says. */
  broken: string[];
  sizeBytes: number;
}

export interface SavedLayer {
  /** Digest of the unpacked archive, `sha256:…`. */
  diffId: string;
  files: LayerFiles;
}

/** Bytes: a configuration with a long history. */
const longestDocument = 8 * 1024 * 1024;

/**
 * Has the Engine send an image, and reads it to its end. An Engine with graph drivers puts each layer together again from
 * its files for that, in a copy on its own disk, and fails when a file is not as it came; one with images in containerd
 * sends what came from the registry.
 * @param perFile whether the files of each layer are told apart
 * @throws ParbakeError as `dockerError` says, with the Engine's words; the signal's reason when it aborts
 */
export async function readSavedImage(
  client: DockerClient,
  name: string,
  perFile: boolean,
  signal: AbortSignal,
): Promise<SavedImage> {
  const what = `read the layers of ${name}`;
  const stream = await opened(() => client.getImage(name).get(), what, signal);
  const stop = (): void => void stream.destroy(new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await read(stream, perFile);
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

/**
 * SHA-256, hex, of every regular file that a container of an image sees, by path. A container is created for it and removed,
 * and never started.
 * @throws ParbakeError as `dockerError` says; the signal's reason when it aborts
 */
export async function readUnpackedFiles(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const what = `read the files of ${name}`;
  // The name of the program does not matter, but an image without any has to be given one.
  const container = await client
    .createContainer({ Image: name, Cmd: ['parbake-never-started'] })
    .catch((cause: unknown) => {
      throw dockerError(cause, what);
    });
  try {
    const stream = await opened(() => container.export(), what, signal);
    const layer = emptyLayer();
    try {
      for await (const entry of readTar(stream)) await addFile(layer, entry);
    } finally {
      stream.destroy();
    }
    return layer.entries;
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  } finally {
    await container.remove({ force: true, v: true });
  }
}

/** The Engine says its first word only once it has made its copy. */
async function opened(
  open: () => Promise<NodeJS.ReadableStream>,
  what: string,
  signal: AbortSignal,
): Promise<Readable> {
  signal.throwIfAborted();
  const late = AbortSignal.any([signal, AbortSignal.timeout(dockerDeadlines.save)]);
  const stopped = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(new Error('Docker sent nothing')), { once: true });
  });
  try {
    const stream = await Promise.race([open(), stopped]);
    return stream instanceof Readable ? stream : Readable.from(stream as AsyncIterable<Buffer>);
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  }
}

interface Piece {
  sha256: string;
  /** Digest of the unpacked content. */
  contentSha256: string;
  files: LayerFiles;
}

async function read(stream: Readable, perFile: boolean): Promise<SavedImage> {
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
  const find = (path: string): Piece => {
    const piece = pieces.get(path) ?? pieces.get(links.get(path) ?? '');
    if (piece === undefined) throw new Error(`the Engine sent no ${path}`);
    return piece;
  };
  return {
    config: find(config).sha256,
    layers: layers.map((path) => {
      const { contentSha256, files } = find(path);
      return { diffId: `sha256:${contentSha256}`, files };
    }),
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
  const layers = member(first, 'Layers');
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
  const first = await chunks.next();
  const head = first.done === true ? new Uint8Array(0) : first.value;
  async function* all(): AsyncGenerator<Uint8Array> {
    raw.update(head);
    yield head;
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) return;
      raw.update(value);
      yield value;
    }
  }
  const files = emptyLayer();
  if (head[0] === 0x7b || head[0] === 0x5b || path === 'VERSION') {
    const parts: Uint8Array[] = [];
    for await (const chunk of all()) if (sizeBytes <= longestDocument) parts.push(chunk);
    onDocument(Buffer.concat(parts).toString('utf8'));
    const sha256 = raw.digest('hex');
    return { sha256, contentSha256: sha256, files };
  }
  const content = createHash('sha256');
  const unpacked = tee(unpack(head, all()), content);
  try {
    if (perFile && sizeBytes > 0) await readFiles(unpacked, files);
    for await (const _ of unpacked);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new Error(`${path} is damaged: ${reason}`, { cause });
  }
  return { sha256: raw.digest('hex'), contentSha256: content.digest('hex'), files };
}

async function readFiles(archive: AsyncGenerator<Uint8Array>, files: LayerFiles): Promise<void> {
  for await (const entry of readTar(archive)) await addFile(files, entry);
}

async function addFile(files: LayerFiles, { path, type, target, body }: TarEntry): Promise<void> {
  if (type === 'hardlink')
    addEntry(files, path, files.entries.get(target.replace(/^(?:\.?\/)+/, '')) ?? noContent);
  else if (type === 'file') {
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk);
    addEntry(files, path, hash.digest('hex'));
  } else addEntry(files, path, type === 'directory' ? 'directory' : noContent);
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
