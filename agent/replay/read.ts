import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, codeOf } from '../../proto/errors/cause.ts';
import type { ReplayQueue, ReplayStep, UnitProgress } from '../core/replay/plan.ts';
import type { ByteRange } from '../core/replay/trace.ts';

export interface ReplayOptions {
  /** The block device that has the file system. */
  device: string;
  /** Mount point of the file system's root. Without it, only blocks are read. */
  mountPoint?: string | undefined;
  /**
   * Number of reads in flight. EBS needs rate × latency ÷ chunk: 5 for gp3, 40 for io2. More than the threads of Node's pool
   * (UV_THREADPOOL_SIZE) does not help.
   */
  inFlight: number;
  /** Ends the replay, because an order came or the agent stops. This is not an error. */
  signal: AbortSignal;
  /** Called when a unit has come at least a hundredth further. */
  onProgress?: (progress: UnitProgress[]) => void;
}

export interface ReplayResult {
  progress: UnitProgress[];
  chunksRead: number;
  /** Bytes that were requested; for a chunk, only those that were touched. */
  bytesRead: number;
  filesRead: number;
  /** Files that no longer exist. */
  missing: number;
  /** The first few read errors. */
  failures: { what: string; reason: string }[];
  failed: number;
  /** Why it ended before everything was read. */
  stopped?: 'signal' | 'failures' | undefined;
}

/** Large enough that a read costs more than the call. */
const pieceBytes = 256 * 1024;
/** After this many failures the disk is left alone, since each attempt may take seconds. */
const maxFailures = 64;
const keptFailures = 10;

/**
 * Reads everything in the queue, in its order, with many reads in flight. Failures are skipped and reported.
 * @throws Error when the device cannot be opened
 */
export async function replay(queue: ReplayQueue, options: ReplayOptions): Promise<ReplayResult> {
  const device = await open(options.device, 'r');
  const result: ReplayResult = {
    progress: [],
    chunksRead: 0,
    bytesRead: 0,
    filesRead: 0,
    missing: 0,
    failures: [],
    failed: 0,
  };
  const files = new Set<string>();
  let told = '';
  const tell = (): void => {
    const progress = queue.progress();
    const hundredths = progress.map(({ fraction }) => Math.floor(fraction * 100)).join();
    if (hundredths === told) return;
    told = hundredths;
    options.onProgress?.(progress);
  };
  const isOver = (): boolean => options.signal.aborted || result.failed >= maxFailures;
  const work = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    for (let step = queue.take(); step !== undefined; step = queue.take()) {
      try {
        const isWhole = await readStep(step, device, options, buffer, result, isOver);
        if (!isWhole) return;
        if (step.kind === 'chunk') result.chunksRead += 1;
        else files.add(step.path);
      } catch (cause) {
        note(result, step, cause);
      }
      queue.finish(step);
      tell();
      if (isOver()) return;
    }
  };
  try {
    if (!isOver()) await Promise.all(Array.from({ length: options.inFlight }, work));
  } finally {
    await device.close();
  }
  const isUnfinished = queue.take() !== undefined || queue.progress().some(({ fraction }) => fraction < 1);
  return {
    ...result,
    progress: queue.progress(),
    filesRead: files.size,
    stopped: isUnfinished ? (options.signal.aborted ? 'signal' : 'failures') : undefined,
  };
}

/** @returns whether all of it was read */
async function readStep(
  step: ReplayStep,
  device: FileHandle,
  options: ReplayOptions,
  buffer: Buffer,
  result: ReplayResult,
  isOver: () => boolean,
): Promise<boolean> {
  if (step.kind === 'chunk') return await readRanges(device, step.pieces, buffer, result, isOver);
  if (options.mountPoint === undefined) return true;
  // A recorded file that has become a pipe or a link must neither block the replay nor lead it elsewhere.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(options.mountPoint, step.path), flags);
  try {
    const isRegular = (await file.stat()).isFile();
    return !isRegular || (await readRanges(file, step.ranges, buffer, result, isOver));
  } finally {
    await file.close();
  }
}

async function readRanges(
  file: FileHandle,
  ranges: readonly ByteRange[],
  buffer: Buffer,
  result: ReplayResult,
  isOver: () => boolean,
): Promise<boolean> {
  for (const [offset, length] of ranges) {
    for (let at = offset; at < offset + length;) {
      if (isOver()) return false;
      const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, offset + length - at), at);
      // The file is shorter than it was.
      if (bytesRead === 0) break;
      result.bytesRead += bytesRead;
      at += bytesRead;
    }
  }
  return true;
}

function note(result: ReplayResult, step: ReplayStep, cause: unknown): void {
  const code = codeOf(cause);
  if (step.kind === 'file' && (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP')) {
    result.missing += 1;
    return;
  }
  result.failed += 1;
  if (result.failures.length === keptFailures) return;
  const what = step.kind === 'chunk' ? step.key : step.path;
  result.failures.push({ what, reason: code ?? reasonOf(cause) });
}
