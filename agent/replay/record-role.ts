import type { Recording, ReplayUnit } from '../core/replay/recording.ts';
import type { Root } from '../host/root.ts';
import { recordReads, type Observation, type RecordOptions } from './record.ts';
import { writeRecording } from './recordings.ts';

export interface RecordRoleOptions extends RecordOptions {
  /** Root below which the recording is written. */
  root: Root;
  /** Docker itself, or a role. */
  unit: ReplayUnit;
  bakeId: string;
  /** Images of the role's containers, by the digests of the manifest; empty for Docker itself. */
  images: { ref: string; digest: string }[];
}

/**
 * Records one start at bake and writes the recording below the root. It must come after everything that moves blocks (pulls,
 * removals, trims). The recording is valid only for this file system and for snapshots of it.
 *
 * For Docker itself, `start` begins with Docker stopped and resolves when it answers; for a role, `start` creates and
 * starts its containers and resolves when they are ready. `start` gets a signal that aborts at the time limit: what was
 * read until then is recorded, with a note.
 * @returns the recording as it was written, where, and what was seen
 * @throws ParbakeError DEVICE_UNKNOWN, FILE_UNREADABLE, DISK_FULL, INTERRUPTED; what `start` throws
 */
export async function recordRole(
  options: RecordRoleOptions,
  start: (signal: AbortSignal) => Promise<void>,
): Promise<{ recording: Recording; path: string; observation: Observation }> {
  const observation = await recordReads(options, start);
  const recording = recordingOf(observation, options, new Date());
  return { recording, path: await writeRecording(options.root, recording), observation };
}

/** Turns one start into a recording. */
export function recordingOf(
  observation: Observation,
  { unit, bakeId, images }: Pick<RecordRoleOptions, 'unit' | 'bakeId' | 'images'>,
  now: Date,
): Recording {
  const { type, uuid } = observation.device;
  return {
    version: 1,
    unit,
    recordedAt: now.toISOString(),
    bakeId,
    fileSystem: { type, uuid },
    images,
    chunkBytes: observation.chunkBytes,
    diskOffsetBytes: observation.diskOffsetBytes,
    starts: 1,
    source: observation.source,
    notes: observation.notes,
    chunks: observation.chunks.map((chunk) => ({ chunk, frequency: 1 })),
    metadata: observation.metadata,
    files: observation.files.map((file) => ({ ...file, frequency: 1 })),
  };
}
