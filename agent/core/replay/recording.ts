import { defined } from '../../../proto/errors/defined.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { ByteRange, Chunking } from './trace.ts';
import { isCount, isObject, parseJsonOr } from '../json.ts';

/** The directory of recordings below the root of an image. There is one file for each unit. */
export const recordingsPath = '/usr/lib/parbake/recordings';

/** What was started while reads were recorded: Docker itself, or the containers of a role. */
export type ReplayUnit = { kind: 'engine' } | { kind: 'role'; role: string };

export interface FileReads {
  /** Path from the root of the file system, `/…`. */
  path: string;
  /** Sorted by offset, without overlaps. */
  ranges: ByteRange[];
  /** Share of the starts that read it, 0 to 1. */
  frequency: number;
}

export interface ChunkReads {
  chunk: number;
  frequency: number;
}

/**
 * What a start reads, so that it can be read ahead. Chunks and metadata are valid only for the file system that they were recorded
 * on and for block-by-block copies of it.
 */
export interface Recording extends Chunking {
  version: 1;
  unit: ReplayUnit;
  /** ISO 8601. */
  recordedAt: string;
  /** Id of the bake that made the recording. */
  bakeId: string;
  /** Id of the snapshot that was made after the bake; absent until it is known. */
  snapshotId?: string;
  fileSystem: { type: string; uuid: string };
  /** The images of the unit's containers; empty for Docker itself. */
  images: { ref: string; digest: string }[];
  /** Number of starts that were recorded. */
  starts: number;
  /** `files` when the kernel's trace was not available: the recording then has no chunks. */
  source: 'tracefs' | 'files';
  /** What a reader should know, such as that a trace was incomplete. */
  notes: string[];
  /** In the order in which they were first read. */
  chunks: ChunkReads[];
  /** The file system's own structures, by offset in the file system. */
  metadata: ByteRange[];
  /** In the order in which they were first read. */
  files: FileReads[];
}

/** What a recording is compared with before it is believed. */
export interface RecordingFacts {
  fileSystem: { uuid: string };
  /** Digests of the images that are there by reference; not compared when absent. */
  images?: ReadonlyMap<string, string>;
  bakeId?: string;
}

/** `engine` or `role-NAME`: the recording's file name without its ending. */
export function unitName(unit: ReplayUnit): string {
  return unit.kind === 'engine' ? 'engine' : `role-${unit.role}`;
}

/** A name for people to read. */
export function unitLabel(unit: ReplayUnit): string {
  return unit.kind === 'engine' ? 'dockerd' : `role ${unit.role}`;
}

/** Writes the recording as one compact document, because every image carries it. */
export function formatRecording(recording: Recording): string {
  const { chunks, files, ...rest } = recording;
  const short = {
    ...rest,
    chunks: chunks.map(({ chunk, frequency }) => (frequency === 1 ? chunk : [chunk, frequency])),
    files: files.map(({ frequency, ...file }) => (frequency === 1 ? file : { ...file, frequency })),
  };
  return `${JSON.stringify(short)}\n`;
}

/**
 * Parses a recording.
 * @param name the file's name, for messages
 * @throws ParbakeError RECORDING_INVALID naming the invalid field
 */
export function parseRecording(text: string, name: string): Recording {
  const fail = (reason: string): never => {
    throw new ParbakeError('RECORDING_INVALID', `${name} is not a recording of reads: ${reason}`);
  };
  const value = parseJsonOr(text, fail);
  if (!isObject(value)) return fail('it is not an object');
  if (value['version'] !== 1) return fail(`version ${String(value['version'])} is not known`);
  const fileSystem = isObject(value['fileSystem']) ? value['fileSystem'] : fail('fileSystem is missing');
  const string = (field: unknown, what: string): string =>
    typeof field === 'string' && field !== '' ? field : fail(`${what} is missing`);
  const list = (what: string): unknown[] => {
    const field: unknown = value[what];
    return Array.isArray(field) ? field : fail(`${what} is not a list`);
  };
  const chunkBytes = value['chunkBytes'];
  const diskOffsetBytes = value['diskOffsetBytes'];
  if (!isCount(chunkBytes) || chunkBytes % 4096 !== 0 || chunkBytes === 0)
    return fail('chunkBytes is not a size');
  if (!isCount(diskOffsetBytes) || diskOffsetBytes >= chunkBytes)
    return fail('diskOffsetBytes is not below chunkBytes');
  const { starts, source, snapshotId } = value;
  if (!isCount(starts) || starts === 0) return fail('starts is not a count');
  if (source !== 'tracefs' && source !== 'files') return fail('source is not known');
  return {
    version: 1,
    unit: parseUnit(value['unit']) ?? fail('unit is not known'),
    recordedAt: string(value['recordedAt'], 'recordedAt'),
    bakeId: string(value['bakeId'], 'bakeId'),
    ...defined({ snapshotId: typeof snapshotId === 'string' ? snapshotId : undefined }),
    fileSystem: {
      type: string(fileSystem['type'], 'fileSystem.type'),
      uuid: string(fileSystem['uuid'], 'fileSystem.uuid'),
    },
    images: list('images').map((image) => {
      if (!isObject(image)) return fail('images has something else');
      return { ref: string(image['ref'], 'ref'), digest: string(image['digest'], 'digest') };
    }),
    chunkBytes,
    diskOffsetBytes,
    starts,
    source,
    notes: list('notes').map(String),
    chunks: list('chunks').map((one) => parseChunk(one) ?? fail('chunks has something else')),
    metadata: list('metadata').map((one) => parseRange(one) ?? fail('metadata has something else')),
    files: list('files').map((one) => parseFile(one) ?? fail('files has something else')),
  };
}

/**
 * Refuses a recording of another file system or of other images.
 * @throws ParbakeError RECORDING_MISMATCH
 */
export function requireFitting(recording: Recording, facts: RecordingFacts): void {
  const refuse = (reason: string): never => {
    throw new ParbakeError(
      'RECORDING_MISMATCH',
      `the recorded reads of ${unitLabel(recording.unit)} do not fit: ${reason}`,
    );
  };
  const { uuid } = recording.fileSystem;
  if (uuid !== facts.fileSystem.uuid)
    refuse(`they were recorded on the file system ${uuid}, and this is ${facts.fileSystem.uuid}`);
  if (facts.bakeId !== undefined && facts.bakeId !== recording.bakeId)
    refuse(`they are of the bake ${recording.bakeId}, and the manifest is of ${facts.bakeId}`);
  for (const { ref, digest } of facts.images === undefined ? [] : recording.images) {
    const here = facts.images?.get(ref);
    if (here !== digest) refuse(`${ref} was ${digest}, and here is ${here ?? 'not in the manifest'}`);
  }
}

function parseUnit(value: unknown): ReplayUnit | undefined {
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'engine') return { kind: 'engine' };
  const { kind, role } = value;
  return kind === 'role' && typeof role === 'string' && role !== '' ? { kind, role } : undefined;
}

function parseChunk(value: unknown): ChunkReads | undefined {
  const [chunk, frequency]: unknown[] = Array.isArray(value) ? value : [value, 1];
  return isCount(chunk) && isFrequency(frequency) ? { chunk, frequency } : undefined;
}

function parseRange(value: unknown): ByteRange | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [offset, length]: unknown[] = value;
  return isCount(offset) && isCount(length) && length > 0 ? [offset, length] : undefined;
}

function parseFile(value: unknown): FileReads | undefined {
  if (!isObject(value)) return undefined;
  const { path, ranges, frequency = 1 } = value;
  // A changed file must not lead the replay out of the file system.
  if (typeof path !== 'string' || !path.startsWith('/') || path.split('/').includes('..')) return undefined;
  if (!Array.isArray(ranges) || !isFrequency(frequency)) return undefined;
  const parsed = ranges.map(parseRange);
  return parsed.includes(undefined)
    ? undefined
    : { path, ranges: parsed.filter((range) => range !== undefined), frequency };
}

function isFrequency(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1;
}
