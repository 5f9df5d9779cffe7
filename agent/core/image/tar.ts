import { expanded, sparseMapKey, sparseMapOf, type SparseMap } from './sparse-file.ts';

/** One entry of a tar archive. */
export interface TarEntry {
  /** Without a slash at either end and without `./`. */
  path: string;
  type: 'file' | 'hardlink' | 'symlink' | 'directory' | 'other';
  /** Target of a link, as written in the archive. */
  target: string;
  /** Size of the content; that of a sparse file includes its holes. */
  sizeBytes: number;
  /** The content may be read until the next entry is asked for. Unread content is skipped. A hole reads as zeros. */
  body: AsyncIterable<Uint8Array>;
}

const block = 512;
/** Limit for names and extended headers, in bytes. No real archive has longer ones. */
const longestMeta = 1024 * 1024;

/**
 * Reads an archive from beginning to end: ustar with the extensions of GNU and POSIX (pax), which Docker's and containerd's
 * archives use.
 * @throws Error when it is not an archive, or is truncated
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const queue = new ByteQueue(source);
  let extended: Record<string, string> = {};
  for (;;) {
    const header = await queue.take(block);
    // Archives end with blocks of zeros; an empty archive may have none.
    if (header === undefined || header.every((byte) => byte === 0)) {
      await queue.drain();
      return;
    }
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = storedSize(type, extended['size'], header);
    const padding = (block - (size % block)) % block;
    if ('LKxg'.includes(type)) {
      if (size > longestMeta) throw new Error('the archive has a header that is too long');
      const bytes = Buffer.from(await queue.must(size));
      await queue.must(padding);
      if (type === 'L') extended = { ...extended, path: cString(bytes) };
      if (type === 'K') extended = { ...extended, linkpath: cString(bytes) };
      if (type === 'x') extended = { ...extended, ...records(bytes) };
      continue;
    }
    const state = { left: size };
    const sparse = await sparseMapOf({ type, header, extended, numberAt }, async () => {
      // Only version 1.0 keeps the map in front of the content, and the size counts it.
      if (!extended['GNU.sparse.major']) return await queue.must(block);
      if (state.left < block) throw new Error('a sparse file ends within its map');
      state.left -= block;
      return await queue.must(block);
    });
    const name = extended['GNU.sparse.name'] || extended['path'] || nameIn(header);
    yield {
      path: clean(name),
      type: typeOf(type, name),
      target: extended['linkpath'] || textAt(header, 157, 100),
      sizeBytes: sparse?.sizeBytes ?? size,
      body: sparse === undefined ? queue.body(state) : sparseBody(queue, state, sparse),
    };
    await queue.skip(state.left + padding);
    extended = {};
  }
}

/** Links, devices, directories and pipes have no content, whatever their headers say. */
const contentless = '123456';

function storedSize(type: string, extended: string | undefined, header: Uint8Array): number {
  if (contentless.includes(type)) return 0;
  const size = extended ? Number(extended) : numberAt(header, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('an entry of the archive has no size');
  return size;
}

function sparseBody(queue: ByteQueue, state: { left: number }, map: SparseMap): AsyncIterable<Uint8Array> {
  return expanded(map, async function* take(length) {
    if (length > state.left) throw new Error('a sparse file is shorter than its map says');
    const part = { left: length };
    state.left -= length;
    try {
      yield* queue.body(part);
    } finally {
      // The rest of a piece that nobody reads to its end is skipped with the entry.
      state.left += part.left;
    }
  });
}

function typeOf(flag: string, name: string): TarEntry['type'] {
  switch (flag) {
    case '\0':
      // Archives from before POSIX mark a directory only by the slash at its end.
      return name.endsWith('/') ? 'directory' : 'file';
    case '0':
    case '7':
    case 'S':
      return 'file';
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '5':
      return 'directory';
    default:
      return 'other';
  }
}

function clean(path: string): string {
  return path.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '');
}

function nameIn(header: Uint8Array): string {
  const prefix = textAt(header, 257, 5) === 'ustar' && header[262] === 0 ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `LENGTH KEY=VALUE\n`, where the length counts bytes and itself. */
function records(bytes: Buffer): Record<string, string> {
  const result: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space < 0 || !Number.isSafeInteger(length) || length <= 0)
      throw new Error('a broken extended header');
    const record = decoded(bytes.subarray(space + 1, at + length - 1));
    const sign = record.indexOf('=');
    const [key, value] = [record.slice(0, sign), record.slice(sign + 1)];
    // Version 0.0 of sparse files repeats these two keys for every piece.
    const before = result[sparseMapKey];
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
      result[sparseMapKey] = before === undefined ? value : `${before},${value}`;
    else result[key] = value;
    at += length;
  }
  return result;
}

function checkSum(header: Uint8Array): void {
  let sum = 0;
  // The checksum's own field counts as blanks.
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  if (sum !== numberAt(header, 148, 8)) throw new Error('this is not a tar archive, or it is damaged');
}

function numberAt(header: Uint8Array, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length);
  // Larger numbers than octal digits can hold are in binary, most significant byte first.
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  const text = textAt(header, offset, length).trim();
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function textAt(header: Uint8Array, offset: number, length: number): string {
  return cString(Buffer.from(header.subarray(offset, offset + length)));
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decoded(end < 0 ? bytes : bytes.subarray(0, end));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Names are bytes. A name that is not UTF-8 gets one character for each byte, so that different names stay different. */
function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Reads a stream in pieces of any size. */
class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @returns undefined at the end of the stream */
  async take(length: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) {
        if (missing === length) return undefined;
        throw new Error('the archive ends in the middle');
      }
      parts.push(part);
      missing -= part.length;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  async must(length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const bytes = await this.take(length);
    if (bytes === undefined) throw new Error('the archive ends in the middle');
    return bytes;
  }

  async skip(length: number): Promise<void> {
    const state = { left: length };
    for await (const _ of this.body(state));
  }

  async *body(state: { left: number }): AsyncGenerator<Uint8Array> {
    while (state.left > 0) {
      const part = await this.#next(state.left);
      if (part === undefined) throw new Error('the archive ends in the middle');
      state.left -= part.length;
      yield part;
    }
  }

  async drain(): Promise<void> {
    while ((await this.#next(Infinity)) !== undefined);
  }

  async #next(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#chunk = value;
    }
    const part = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(part.length);
    return part;
  }
}
