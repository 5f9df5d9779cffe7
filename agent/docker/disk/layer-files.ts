import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { Crc64 } from '../../core/image/crc64.ts';
import { JsonLines } from '../../core/json-lines.ts';
import { readRegularText } from '../../host/regular-file.ts';
import { LayerFolder } from './layer-folder.ts';
import { Overwritten, textOf } from './overwritten.ts';

/** What the files of one layer add up to. */
export interface LayerContent {
  /** Digest of the layer's archive as it would be sent, `sha256:…`. */
  digest: string;
  /** Size of the archive, in bytes. */
  sizeBytes: number;
  /** Files that are not there, or are not as they came. */
  changed: string[];
  /** Why the archive cannot be put together again though no file is damaged; empty when it can. */
  incomparable: string[];
}

/** Where a storage driver has a layer's files. */
const folders: Readonly<Record<string, (id: string) => string>> = {
  overlay2: (id) => join('overlay2', id, 'diff'),
  'fuse-overlayfs': (id) => join('fuse-overlayfs', id, 'diff'),
  vfs: (id) => join('vfs/dir', id),
};

/**
 * Puts a layer's archive together again, from its files and from what the Engine kept of the archive's headers
 * (tar-split), as the Engine would for `docker save`, but without the copy that it makes first.
 * @param dataRoot where the Engine's data root is for this process
 * @param chain the layer's chain id
 * @param below chain ids of the layers below it, base first
 * @param diffId what the archive's digest should be; if it is not, the files are looked at one by one
 * @returns undefined where the Engine keeps no such records: other storage drivers, and images in containerd
 */
export async function readLayer(
  engine: { dataRoot: string; storageDriver: string },
  { chain, below, diffId }: { chain: string; below: readonly string[]; diffId: string },
  signal: AbortSignal,
): Promise<LayerContent | undefined> {
  const records = join(recordOf(engine, chain), 'tar-split.json.gz');
  const folder = await folderOf(engine, chain);
  if (folder === undefined || !existsSync(records)) return undefined;
  const lower = await Promise.all(below.map((one) => folderOf(engine, one)));
  const files = new LayerFolder(folder, lower.filter((one) => one !== undefined).reverse());
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const add = (bytes: Buffer): void => {
    hash.update(bytes);
    sizeBytes += bytes.length;
  };
  const ahead: Part[] = [];
  let bytesAhead = 0;
  const isFull = (): boolean => ahead.length > maxAhead || bytesAhead > maxBytesAhead;
  const take = async (): Promise<void> => {
    const part = ahead.shift();
    if (part === undefined) return;
    bytesAhead -= part.sizeBytes;
    if ('path' in part) await files.read(part.path, add);
    else add(await part.bytes);
  };
  for await (const entry of archiveRecords(records)) {
    signal.throwIfAborted();
    if (entry.kind === 'file' && entry.sizeBytes === 0) continue;
    const part = partOf(files, entry);
    ahead.push(part);
    bytesAhead += part.sizeBytes;
    while (isFull()) await take();
  }
  while (ahead.length > 0) await take();
  const digest = `sha256:${hash.digest('hex')}`;
  const isWhole = digest === diffId;
  const why = isWhole ? { changed: [], incomparable: [] } : await whyDifferent(files, records, signal);
  return { digest, sizeBytes, ...why };
}

/** A piece of an archive that is being read, or a large file that will be. */
type Part = { sizeBytes: number } & ({ bytes: Buffer | Promise<Buffer> } | { path: Buffer });

/** Pieces of an archive, and bytes, that are read while those before them are hashed. */
const maxAhead = 32;
const maxBytesAhead = 8 * 1024 ** 2;
/** Bytes: a larger file is read piece by piece. */
const maxSmall = 1024 ** 2;

/** Most files are small, and a disk answers several questions at a time. */
function partOf(files: LayerFolder, entry: ArchiveRecord): Part {
  if (entry.kind === 'bytes') return { sizeBytes: entry.bytes.length, bytes: entry.bytes };
  const { path, sizeBytes } = entry;
  if (sizeBytes > maxSmall) return { sizeBytes: 0, path };
  const bytes = files.readSmall(path, sizeBytes);
  // Nobody waits for it once the reading is interrupted.
  bytes.catch(() => {});
  return { sizeBytes, bytes };
}

function recordOf(
  { dataRoot, storageDriver }: { dataRoot: string; storageDriver: string },
  chain: string,
): string {
  return join(dataRoot, 'image', storageDriver, 'layerdb/sha256', chain.replace(/^sha256:/, ''));
}

/** Where a layer's files are; undefined where only the storage driver knows. */
async function folderOf(
  engine: { dataRoot: string; storageDriver: string },
  chain: string,
): Promise<string | undefined> {
  const id = (await readRegularText(join(recordOf(engine, chain), 'cache-id')).catch(() => '')).trim();
  const folder = folders[engine.storageDriver];
  return folder === undefined || !/^[0-9a-z]+$/.test(id) ? undefined : join(engine.dataRoot, folder(id));
}

/**
 * Tells damaged files from archives that no Engine can put together again from what it unpacked. Called only when the digest
 * is another one: the checksums that the Engine keeps take ten times as long.
 */
async function whyDifferent(
  files: LayerFolder,
  records: string,
  signal: AbortSignal,
): Promise<Pick<LayerContent, 'changed' | 'incomparable'>> {
  const overwritten = new Overwritten(files);
  const incomparable = new Set<string>();
  const differing: { path: Buffer; index: number }[] = [];
  let index = 0;
  for await (const entry of archiveRecords(records)) {
    signal.throwIfAborted();
    if (entry.kind === 'bytes') {
      if (isSparse(entry.bytes)) incomparable.add('its archive has sparse files');
      continue;
    }
    await overwritten.add(entry.path, ++index);
    if (entry.sizeBytes === 0) continue;
    const crc = new Crc64();
    let length = 0;
    const found = await files.read(entry.path, (bytes) => {
      crc.update(bytes);
      length += bytes.length;
    });
    if (found === 'path too long') incomparable.add(`${textOf(entry.path)} has too long a path`);
    else if (length !== entry.sizeBytes || !crc.digest().equals(entry.checksum))
      differing.push({ path: entry.path, index });
  }
  const changed: string[] = [];
  for (const { path, index: position } of differing) {
    const reason = await overwritten.reason(path, position);
    if (reason === undefined) changed.push(path.toString('utf8'));
    else incomparable.add(reason);
  }
  return { changed, incomparable: [...incomparable] };
}

/** A sparse file in the format of POSIX archives; Engines refuse the older one. */
function isSparse(headers: Buffer): boolean {
  return headers.includes('GNU.sparse.');
}

type ArchiveRecord =
  | { kind: 'bytes'; bytes: Buffer }
  /** A name on a disk is bytes, of whatever encoding. */
  | { kind: 'file'; path: Buffer; sizeBytes: number; checksum: Buffer };

/** Lines of JSON: pieces of the archive in base64, and files with their checksums. */
async function* archiveRecords(file: string): AsyncGenerator<ArchiveRecord> {
  const lines = new JsonLines();
  const text = createReadStream(file).pipe(createGunzip());
  for await (const chunk of text as AsyncIterable<Buffer>)
    for (const line of lines.push(chunk)) yield* toRecord(line);
  for (const line of lines.end()) yield* toRecord(line);
}

function toRecord(line: unknown): ArchiveRecord[] {
  const { type, name, name_raw, size, payload } = line as Record<string, unknown>;
  const bytes = Buffer.from(typeof payload === 'string' ? payload : '', 'base64');
  if (type === 2) return [{ kind: 'bytes', bytes }];
  if (type !== 1) return [];
  const path = typeof name_raw === 'string' ? Buffer.from(name_raw, 'base64') : Buffer.from(String(name));
  // An entry without content is all in its header, and has no size.
  return [{ kind: 'file', path, sizeBytes: typeof size === 'number' ? size : 0, checksum: bytes }];
}
