import { readFile } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { addMisses, parseMisses, type Misses } from '../core/replay/misses.ts';
import { unitName } from '../core/replay/recording.ts';
import type { Root } from '../host/root.ts';
import { locateFiles } from '../replay/misses.ts';
import { writeRecording } from '../replay/recordings.ts';
import type { RecordedStart } from './record-starts.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** @throws ParbakeError FILE_UNREADABLE, RECORDING_INVALID */
export async function readMisses(files: readonly string[]): Promise<Misses[]> {
  return await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        const reason = reasonOf(cause);
        throw new ParbakeError('FILE_UNREADABLE', `cannot read the misses in ${file}: ${reason}`, { cause });
      });
      return parseMisses(text, file);
    }),
  );
}

/**
 * Adds what instances of earlier bakes read beyond their recordings to what was recorded now, and writes it.
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function addAllMisses(
  root: Root,
  starts: readonly RecordedStart[],
  misses: readonly Misses[],
): Promise<RecordedStart[]> {
  const added: RecordedStart[] = [];
  for (const start of starts) {
    let { recording } = start;
    for (const missed of misses.filter(({ unit }) => unit === unitName(start.unit))) {
      const paths = missed.files.map(({ path }) => path);
      const found = await locateFiles(root, paths);
      recording = addMisses(recording, missed, (path) => found.get(path));
    }
    if (recording !== start.recording) await writeRecording(root, recording);
    added.push({ ...start, recording });
  }
  return added;
}
