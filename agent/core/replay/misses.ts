import { ParbakeError } from '../../../proto/errors/errors.ts';
import { unitName, type Recording } from './recording.ts';
import { mergeRanges, type ByteRange } from './trace.ts';
import { isCount, isObject, parseJsonOr } from '../json.ts';

/** What starts read although their recording did not list it. */
export interface Misses {
  /** The bake whose recording they were compared with. Chunks are valid only on the same blocks. */
  bakeId: string;
  fileSystem: { uuid: string };
  /** The result of `unitName`. */
  unit: string;
  /** The number of starts that were watched. */
  starts: number;
  chunks: { chunk: number; starts: number }[];
  files: { path: string; ranges: ByteRange[]; starts: number }[];
}

/**
 * Adds to a new bake's recording what earlier instances missed, the most frequent first. The blocks of another bake mean nothing on
 * this one, so only files are taken from it.
 * @param resolveFile where a file of the earlier bake is now; undefined when it is gone
 */
export function addMisses(
  recording: Recording,
  misses: Misses,
  resolveFile: (path: string) => string | undefined,
): Recording {
  if (misses.unit !== unitName(recording.unit) || misses.starts === 0) return recording;
  const isSameDisk =
    misses.bakeId === recording.bakeId && misses.fileSystem.uuid === recording.fileSystem.uuid;
  const known = new Set(recording.chunks.map(({ chunk }) => chunk));
  const frequencyOf = (starts: number): number => Math.min(1, starts / misses.starts);
  const chunks = (isSameDisk ? misses.chunks : [])
    .filter(({ chunk }) => !known.has(chunk))
    .map(({ chunk, starts }) => ({ chunk, frequency: frequencyOf(starts) }));
  const files = new Map(recording.files.map((file) => [file.path, file]));
  for (const miss of [...misses.files].sort((a, b) => b.starts - a.starts)) {
    const path = resolveFile(miss.path);
    if (path === undefined) continue;
    const before = files.get(path);
    const ranges = mergeRanges([...(before?.ranges ?? []), ...miss.ranges]);
    files.set(path, { path, ranges, frequency: before?.frequency ?? frequencyOf(miss.starts) });
  }
  return {
    ...recording,
    chunks: [...recording.chunks, ...chunks.sort((a, b) => b.frequency - a.frequency)],
    files: [...files.values()],
  };
}

/**
 * Parses what instances of an earlier bake sent back.
 * @param name the file's name, for messages
 * @throws ParbakeError RECORDING_INVALID
 */
export function parseMisses(text: string, name: string): Misses {
  const fail = (reason: string): never => {
    throw new ParbakeError('RECORDING_INVALID', `${name} has no misses in it: ${reason}`);
  };
  const value = parseJsonOr(text, fail);
  if (!isMisses(value)) return fail('a field is missing or is something else');
  return value;
}

function isMisses(value: unknown): value is Misses {
  if (!isObject(value) || !isObject(value['fileSystem'])) return false;
  const { bakeId, unit, starts, chunks, files, fileSystem } = value;
  if (typeof bakeId !== 'string' || typeof unit !== 'string' || !isCount(starts)) return false;
  if (typeof fileSystem['uuid'] !== 'string' || !Array.isArray(chunks) || !Array.isArray(files)) return false;
  return (
    chunks.every((one) => isObject(one) && isCount(one['chunk']) && isCount(one['starts'])) &&
    files.every((one) => isObject(one) && isMissedFile(one))
  );
}

function isMissedFile({ path, starts, ranges }: Record<string, unknown>): boolean {
  // The file comes from other machines, so its paths must not lead out of the file system.
  const isInside = typeof path === 'string' && path.startsWith('/') && !path.split('/').includes('..');
  return (
    isInside &&
    isCount(starts) &&
    Array.isArray(ranges) &&
    ranges.every((one) => Array.isArray(one) && one.length === 2 && one.every(isCount) && one[1] !== 0)
  );
}
