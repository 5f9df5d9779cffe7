import { constants } from 'node:fs';
import { lstat, open, readlink, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../../../proto/errors/cause.ts';

/** Bytes read at a time. */
const pieceSize = 1024 * 1024;
/** As in the kernel, so that a circle ends. */
const maxLinks = 40;

/**
 * The files of one layer, found as the Engine found its places for them: a path may lead through links of the layer itself or
 * of one below it, and the layer's own directory is the root for all of them. Paths are texts with one character for each
 * byte, since a name on a disk is bytes of whatever encoding.
 */
export class LayerFolder {
  readonly #folder: string;
  readonly #below: readonly string[];
  readonly #piece = Buffer.allocUnsafe(pieceSize);
  readonly #resolved = new Map<string, Promise<string | undefined>>();

  /** @param below directories of the layers below, the uppermost first */
  constructor(folder: string, below: readonly string[]) {
    this.#folder = Buffer.from(folder).toString('latin1');
    this.#below = below.map((one) => Buffer.from(one).toString('latin1'));
  }

  /** Gives a file's bytes piece by piece; none of one that is not there. */
  async read(path: Buffer, onBytes: (bytes: Buffer) => void): Promise<'read' | 'missing' | 'path too long'> {
    const place = await this.placeOf(path);
    if (place === undefined) return 'missing';
    const handle = await this.#open(place).catch((cause: unknown) => {
      if (codeOf(cause) === 'ENAMETOOLONG') return 'path too long';
      return undefined;
    });
    if (handle === 'path too long') return handle;
    if (handle === undefined) return 'missing';
    try {
      for (;;) {
        // What cannot be read is missing from the digest, and so found.
        const read = await handle.read(this.#piece, 0, pieceSize, null).catch(() => undefined);
        if (read === undefined || read.bytesRead === 0) return 'read';
        onBytes(this.#piece.subarray(0, read.bytesRead));
      }
    } finally {
      await handle.close();
    }
  }

  /**
   * A small file's bytes. Several may be read at a time.
   * @param sizeBytes what it should have; of a longer file one byte more is read, which is enough to tell
   * @returns nothing of a file that is not there
   */
  async readSmall(path: Buffer, sizeBytes: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(sizeBytes + 1);
    const place = await this.placeOf(path);
    const handle = place === undefined ? undefined : await this.#open(place).catch(() => undefined);
    if (handle === undefined) return Buffer.alloc(0);
    try {
      let length = 0;
      while (length < sizeBytes) {
        const read = await handle.read(bytes, length, bytes.length - length, null).catch(() => undefined);
        if (read === undefined || read.bytesRead === 0) break;
        length += read.bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  }

  /**
   * Where an entry of the archive is in the layer's directory, such as `usr/lib/a` for `lib/a`; a link at its end is not
   * followed. It need not exist.
   * @returns undefined where links lead in a circle, and for the directory itself
   */
  async placeOf(path: Buffer): Promise<string | undefined> {
    const parts = partsOf(path.toString('latin1'));
    const name = parts.pop();
    if (name === undefined) return undefined;
    const parent = await this.#folderOf(parts.join('/'));
    return parent === undefined ? undefined : joined(parent, name);
  }

  /** Whether there is something else than a directory. */
  async hasNonDirectory(place: string): Promise<boolean> {
    const found = await lstat(this.#fileAt(place)).catch(() => undefined);
    return found !== undefined && !found.isDirectory();
  }

  /** Opens neither a link out of the layer, nor a pipe that nobody writes to. */
  async #open(place: string): Promise<FileHandle> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return await open(this.#fileAt(place), flags);
  }

  #fileAt(place: string): Buffer {
    return Buffer.from(`${this.#folder}/${place}`, 'latin1');
  }

  #folderOf(path: string): Promise<string | undefined> {
    const found = this.#resolved.get(path) ?? this.#resolve(path);
    this.#resolved.set(path, found);
    return found;
  }

  async #resolve(path: string): Promise<string | undefined> {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '' : await this.#folderOf(path.slice(0, slash));
    if (parent === undefined) return undefined;
    const pending = [path.slice(slash + 1)];
    let at = parent;
    let links = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        at = at.slice(0, Math.max(at.lastIndexOf('/'), 0));
        continue;
      }
      const next = joined(at, part);
      const target = await this.#linkAt(next);
      if (target === undefined) {
        at = next;
        continue;
      }
      if (++links > maxLinks) return undefined;
      if (target.startsWith('/')) at = '';
      for (const one of target.split('/').reverse()) pending.push(one);
    }
    return at;
  }

  /** The target of a link in the uppermost layer that has anything of the name; undefined when that is not a link. */
  async #linkAt(place: string): Promise<string | undefined> {
    for (const folder of [this.#folder, ...this.#below]) {
      const file = Buffer.from(`${folder}/${place}`, 'latin1');
      const target = await readlink(file, { encoding: 'buffer' }).catch((cause: unknown) =>
        codeOf(cause) === 'ENOENT' ? 'absent' : 'no link',
      );
      if (target === 'absent') continue;
      return typeof target === 'string' ? undefined : target.toString('latin1');
    }
    return undefined;
  }
}

function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts;
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
