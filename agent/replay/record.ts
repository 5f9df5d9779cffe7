import { writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import {
  blockReads,
  chunksOf,
  filesOf,
  mergeRanges,
  pageReads,
  type ByteRange,
  type Chunking,
} from '../core/replay/trace.ts';
import { cachedFiles } from './cached-files.ts';
import { replayDeadlines } from './deadlines.ts';
import { runProgram } from './program.ts';
import { deviceAt, deviceOf, type FileSystemDevice } from './device.ts';
import { openTracing, type Trace, type Tracing } from './tracing.ts';
import { walkFiles } from './walk.ts';

export interface RecordOptions {
  /** A directory on the file system whose reads count, such as Docker's data root. */
  directory: string;
  /** The file system's block device; found by the directory when not given. */
  device?: string;
  /**
   * Directories in which file names are looked up, as paths from the file system's root; everywhere by default. On an instance the
   * layers of the containers are enough, and a search reads the disk too.
   */
  directories?: readonly string[];
  /**
   * Drops the page cache of the whole machine first, because what is already in memory is not read and so not seen. Use it only on a
   * builder: it slows down everything that runs.
   */
  dropCaches: boolean;
  /** Time limit of the action, in milliseconds. What was read until then counts. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Opens the kernel's tracing, or says why there is none; tests give another. */
  openTracing?: (id: string) => Promise<Tracing | string>;
}

/** What was read while something ran. */
export interface Observation extends Chunking {
  device: FileSystemDevice;
  source: 'tracefs' | 'files';
  /** Whether the action ended by itself or by the time limit. */
  endedBy: 'ready' | 'timeout';
  /** Number of requests to the disk, and their bytes. */
  reads: number;
  readBytes: number;
  /** In the order in which they were first read. */
  chunks: number[];
  /** The file system's own structures, offsets in the file system. */
  metadata: ByteRange[];
  /** Paths from the file system's root, first read first. */
  files: { path: string; ranges: ByteRange[] }[];
  notes: string[];
}

/** EBS keeps snapshots in chunks of this size; its first touch is taken to fetch one. */
export const chunkBytes = 512 * 1024;
/** Page of the machine's memory; larger ones (64 KiB on some arm64) are recorded in part and read whole anyway. */
const pageBytes = 4096;

/**
 * Records what is read from a file system while `action` runs, by the whole machine. Uses the kernel's tracing; without
 * it, compares which files are in memory before and after, and says so in `notes`.
 * @param action given a signal that aborts at the time limit; an abort at that time is not an error
 * @throws ParbakeError DEVICE_UNKNOWN, INTERRUPTED, FILE_UNREADABLE; what the action throws
 */
export async function recordReads(
  options: RecordOptions,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<Observation> {
  const device =
    options.device === undefined ? await deviceOf(options.directory) : await deviceAt(options.device);
  if (device.mountPoint === undefined)
    throw new ParbakeError('DEVICE_UNKNOWN', `the root of the file system on ${device.path} is not mounted`);
  const chunking = { chunkBytes, diskOffsetBytes: (device.traced?.startBytes ?? 0) % chunkBytes };
  const begin = { device, mountPoint: device.mountPoint, chunking };
  const tracing = await preparedTracing(options, device);
  if (typeof tracing === 'string') return await recordByFiles(options, action, begin, tracing);
  try {
    return await recordByTracing(options, action, begin, tracing);
  } finally {
    await tracing.close();
  }
}

/** @returns the reason as text when tracing is not available */
async function preparedTracing(options: RecordOptions, device: FileSystemDevice): Promise<Tracing | string> {
  const tracing = await (options.openTracing ?? openTracing)(randomUUID());
  if (typeof tracing === 'string') return tracing;
  try {
    await tracing.prepare(device.traced, { major: device.major, minor: device.minor });
    return tracing;
  } catch (cause) {
    await tracing.close();
    return `the kernel cannot trace reads: ${reasonOf(cause)}`;
  }
}

interface Beginning {
  device: FileSystemDevice;
  mountPoint: string;
  chunking: Chunking;
}

async function recordByTracing(
  options: RecordOptions,
  action: (signal: AbortSignal) => Promise<void>,
  { device, mountPoint, chunking }: Beginning,
  tracing: Tracing,
): Promise<Observation> {
  const { major, minor, traced } = device;
  if (options.dropCaches) await dropCaches();
  await tracing.start();
  let endedBy: Observation['endedBy'];
  let trace: Trace;
  try {
    endedBy = await runLimited(options, action);
  } finally {
    trace = await tracing.stop();
  }
  const blocks = traced === undefined ? [] : blockReads(trace.text, traced);
  const ranges = blocks.map(({ offset, length }): ByteRange => [offset, length]);
  const metadata = blocks
    .filter(({ isMetadata }) => isMetadata)
    .map(({ offset, length }): ByteRange => [offset, length]);
  const pages = pageReads(trace.text, { major, minor }, pageBytes);
  const names = await namesOf(mountPoint, new Set(pages.map(({ inode }) => inode)), options);
  const notes: string[] = [];
  if (traced === undefined)
    notes.push(`${device.path} is made of other devices: only files were recorded, no blocks`);
  if (trace.lost > 0) notes.push(`the trace is incomplete: ${trace.lost} events found no room`);
  notes.push(...timeoutNotes(endedBy, options));
  return {
    ...chunking,
    device,
    source: 'tracefs',
    endedBy,
    reads: blocks.length,
    readBytes: blocks.reduce((sum, { length }) => sum + length, 0),
    chunks: chunksOf(ranges, chunking),
    metadata: mergeRanges(metadata),
    files: filesOf(pages, names),
    notes,
  };
}

async function recordByFiles(
  options: RecordOptions,
  action: (signal: AbortSignal) => Promise<void>,
  { device, mountPoint, chunking }: Beginning,
  why: string,
): Promise<Observation> {
  if (options.dropCaches) await dropCaches();
  const before = await filesInMemory(mountPoint, options);
  const endedBy = await runLimited(options, action);
  const after = await filesInMemory(mountPoint, options);
  // Which pages is not known, so the whole file counts.
  const grown = [...after].filter(
    ([path, { cachedBytes }]) => cachedBytes > (before.get(path)?.cachedBytes ?? 0),
  );
  const whole = `${why}; whole files were recorded instead of blocks`;
  return {
    ...chunking,
    device,
    source: 'files',
    endedBy,
    reads: 0,
    readBytes: 0,
    chunks: [],
    metadata: [],
    files: grown.map(([path, { sizeBytes }]) => ({ path, ranges: [[0, sizeBytes]] })),
    notes: [whole, ...timeoutNotes(endedBy, options)],
  };
}

function timeoutNotes(endedBy: Observation['endedBy'], { timeoutMs }: RecordOptions): string[] {
  return endedBy === 'timeout' ? [`ended by the time limit of ${timeoutMs} ms, not by readiness`] : [];
}

async function filesInMemory(mountPoint: string, { directories = ['/'], signal }: RecordOptions) {
  return await cachedFiles(mountPoint, directories, signal).catch((cause: unknown) => {
    signal?.throwIfAborted();
    const reason = reasonOf(cause);
    throw new ParbakeError(
      'FILE_UNREADABLE',
      `without tracing, reads are recorded with fincore of util-linux, which failed: ${reason}`,
      { cause },
    );
  });
}

async function runLimited(
  { timeoutMs, signal }: RecordOptions,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<Observation['endedBy']> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    await action(signal === undefined ? limit : AbortSignal.any([signal, limit]));
  } catch (cause) {
    if (signal?.aborted === true)
      throw new ParbakeError('INTERRUPTED', 'recording reads was interrupted', { cause });
    if (!limit.aborted) throw cause;
  }
  return limit.aborted ? 'timeout' : 'ready';
}

/** Looks up the names of inodes. Files that were removed meanwhile have none. */
async function namesOf(
  mountPoint: string,
  wanted: Set<number>,
  { directories = ['/'], signal }: RecordOptions,
): Promise<Map<number, { path: string; sizeBytes: number }>> {
  const names = new Map<number, { path: string; sizeBytes: number }>();
  if (wanted.size === 0) return names;
  for await (const { inode, path, sizeBytes } of walkFiles(mountPoint, directories, signal)) {
    if (wanted.has(inode)) names.set(inode, { path, sizeBytes });
    if (names.size === wanted.size) break;
  }
  return names;
}

/** Flushes dirty pages, so that they can be dropped too, and then drops the page cache. */
async function dropCaches(): Promise<void> {
  await runProgram('sync', [], replayDeadlines.syncMs);
  await writeFile('/proc/sys/vm/drop_caches', '3');
}
