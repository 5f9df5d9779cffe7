/** A sparse file of a tar archive, which stores only what is not a hole. */
export interface SparseMap {
  /** Size of the file with its holes, bytes. */
  sizeBytes: number;
  /** In ascending order. What is between two pieces is zeros. */
  pieces: readonly { offset: number; length: number }[];
}

export const sparseMapKey = 'GNU.sparse.map';

interface SparseHeader {
  /** Type flag of the entry. */
  type: string;
  header: Uint8Array;
  /** Records of the extended headers. */
  extended: Readonly<Record<string, string>>;
  numberAt: (header: Uint8Array, offset: number, length: number) => number;
}

const block = 512;
/** Bytes of a map inside the archive. A file in more pieces than that is hardly sparse. */
const maxMapBytes = 16 * 1024 * 1024;

/**
 * Reads where the pieces of a sparse file belong: GNU tar's own format, and the three that it has for POSIX archives.
 * @param nextBlock reads one more block of the archive
 * @returns undefined for an ordinary file
 * @throws Error when the map is invalid
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 */
export async function sparseMapOf(
  source: SparseHeader,
  nextBlock: () => Promise<Uint8Array>,
): Promise<SparseMap | undefined> {
  const { type, extended, header, numberAt } = source;
  if (type === 'S') return checked(numberAt(header, 483, 12), await oldPieces(source, nextBlock));
  const size = Number(extended['GNU.sparse.realsize'] ?? extended['GNU.sparse.size']);
  if (extended['GNU.sparse.major'] === '1') return checked(size, await mapInContent(nextBlock));
  const map = extended[sparseMapKey];
  if (map === undefined) return undefined;
  return checked(size, map === '' ? [] : map.split(',').map(Number));
}

/** Offsets and lengths: four pairs in the header, 21 in each block that follows it. */
async function oldPieces(
  { header, numberAt }: SparseHeader,
  nextBlock: () => Promise<Uint8Array>,
): Promise<number[]> {
  const numbers = pairsIn(header, 386, 4, numberAt);
  let isExtended = header[482] === 1;
  while (isExtended) {
    if (numbers.length * 12 > maxMapBytes) throw new Error('the map of a sparse file is too long');
    const more = await nextBlock();
    numbers.push(...pairsIn(more, 0, 21, numberAt));
    isExtended = more[504] === 1;
  }
  return numbers;
}

function pairsIn(bytes: Uint8Array, at: number, count: number, numberAt: SparseHeader['numberAt']): number[] {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = at + index * 24;
    if (bytes[start] === 0) break;
    numbers.push(numberAt(bytes, start, 12), numberAt(bytes, start + 12, 12));
  }
  return numbers;
}

/** Decimal numbers, one a line: how many pieces there are, then the offset and length of each. */
async function mapInContent(nextBlock: () => Promise<Uint8Array>): Promise<number[]> {
  const numbers: number[] = [];
  let rest = '';
  for (let bytes = 0; numbers.length === 0 || numbers.length < 1 + 2 * (numbers[0] ?? 0); bytes += block) {
    if (bytes > maxMapBytes) throw new Error('the map of a sparse file is too long');
    const lines = `${rest}${Buffer.from(await nextBlock()).toString('latin1')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) numbers.push(Number(line));
    if (!Number.isSafeInteger(numbers[0] ?? 0)) throw new Error('the map of a sparse file is invalid');
  }
  return numbers.slice(1, 1 + 2 * (numbers[0] ?? 0));
}

function checked(sizeBytes: number, numbers: readonly number[]): SparseMap {
  const pieces: { offset: number; length: number }[] = [];
  let end = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const offset = numbers[index] ?? 0;
    const length = numbers[index + 1] ?? Number.NaN;
    const isValid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && length >= 0;
    if (!isValid || offset < end) throw new Error('the map of a sparse file is invalid');
    end = offset + length;
    if (length > 0) pieces.push({ offset, length });
  }
  if (!Number.isSafeInteger(sizeBytes) || end > sizeBytes)
    throw new Error('the map of a sparse file is invalid');
  return { sizeBytes, pieces };
}

const zeros = new Uint8Array(64 * 1024);

/** The file with its holes filled. @param take reads the next bytes that the archive has */
export async function* expanded(
  { sizeBytes, pieces }: SparseMap,
  take: (length: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const { offset, length } of pieces) {
    yield* hole(offset - at);
    yield* take(length);
    at = offset + length;
  }
  yield* hole(sizeBytes - at);
}

function* hole(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
}
