import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { Crc64 } from '../../core/image/crc64.ts';
import { JsonLines } from '../../core/json-lines.ts';
import { readRegularText } from '../../host/regular-file.ts';

/** What the files of one layer add up to. */
export interface LayerContent {
  /** Digest of the layer's archive as it would be sent, `sha256:…`. */
  digest: string;
  /** Size of the archive, in bytes. */
  sizeBytes: number;
  /** Files that are not there, or are not as they came. */
  changed: string[];
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
 * @param diffId what the archive's digest should be; if it is not, the files are looked at one by one
 * @returns undefined where the Engine keeps no such records: other storage drivers, and images in containerd
 */
export async function readLayer(
  { dataRoot, storageDriver }: { dataRoot: string; storageDriver: string },
  { chain, diffId }: { chain: string; diffId: string },
  signal: AbortSignal,
): Promise<LayerContent | undefined> {
  const record = join(dataRoot, 'image', storageDriver, 'layerdb/sha256', chain.replace(/^sha256:/, ''));
  const records = join(record, 'tar-split.json.gz');
  const id = (await readRegularText(join(record, 'cache-id')).catch(() => '')).trim();
  const folderOf = folders[storageDriver];
  if (folderOf === undefined || !/^[0-9a-z]+$/.test(id) || !existsSync(records)) return undefined;
  const files = new LayerFolder(join(dataRoot, folderOf(id)));
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const add = (bytes: Buffer): void => {
    hash.update(bytes);
    sizeBytes += bytes.length;
  };
  for await (const entry of archiveRecords(records)) {
    signal.throwIfAborted();
    if (entry.kind === 'bytes') add(entry.bytes);
    else await files.read(entry.path, add);
  }
  const digest = `sha256:${hash.digest('hex')}`;
  const changed = digest === diffId ? [] : await changedFiles(files, records, signal);
  return { digest, sizeBytes, changed };
}

/** Only when something is wrong: this checksum takes ten times as long as the digest. */
async function changedFiles(files: LayerFolder, records: string, signal: AbortSignal): Promise<string[]> {
  const changed: string[] = [];
  for await (const entry of archiveRecords(records)) {
    signal.throwIfAborted();
    if (entry.kind === 'bytes') continue;
    const crc = new Crc64();
    let length = 0;
    await files.read(entry.path, (bytes) => {
      crc.update(bytes);
      length += bytes.length;
    });
    if (length !== entry.sizeBytes || !crc.digest().equals(entry.checksum))
      changed.push(entry.path.toString('utf8'));
  }
  return changed;
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
  // Entries without content are all in their headers.
  if (type !== 1 || typeof size !== 'number' || size === 0) return [];
  const path = typeof name_raw === 'string' ? Buffer.from(name_raw, 'base64') : Buffer.from(String(name));
  return [{ kind: 'file', path, sizeBytes: size, checksum: bytes }];
}

/** Bytes read at a time. */
const pieceSize = 1024 * 1024;

class LayerFolder {
  readonly #folder: string;
  readonly #piece = Buffer.allocUnsafe(pieceSize);
  readonly #isInside = new Map<string, boolean>();
  #real: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Gives a file's bytes piece by piece; none of one that is not there. */
  async read(path: Buffer, onBytes: (bytes: Buffer) => void): Promise<void> {
    const file = Buffer.concat([Buffer.from(`${this.#folder}/`), path]);
    if (!(await this.#holds(file.subarray(0, file.lastIndexOf('/'))))) return;
    // Neither a link out of the layer, nor a pipe that nobody writes to.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(file, flags).catch(() => undefined);
    try {
      for (;;) {
        // What cannot be read is missing from the digest, and so found.
        const read = await handle?.read(this.#piece, 0, pieceSize, null).catch(() => undefined);
        if (read === undefined || read.bytesRead === 0) return;
        onBytes(this.#piece.subarray(0, read.bytesRead));
      }
    } finally {
      await handle?.close();
    }
  }

  /** Whether a directory is in the layer, and not behind a link that leads out of it. */
  async #holds(folder: Buffer): Promise<boolean> {
    const key = folder.toString('latin1');
    const known = this.#isInside.get(key);
    if (known !== undefined) return known;
    this.#real ??= await realPath(Buffer.from(this.#folder));
    const real = await realPath(folder);
    const isInside = real !== '' && (real === this.#real || real.startsWith(`${this.#real}/`));
    this.#isInside.set(key, isInside);
    return isInside;
  }
}

/** One character for each byte; empty when nothing is there. */
async function realPath(path: Buffer): Promise<string> {
  const found = await realpath(path, { encoding: 'buffer' }).catch(() => Buffer.alloc(0));
  return found.toString('latin1');
}
