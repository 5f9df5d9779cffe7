import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import {
  formatRecording,
  parseRecording,
  recordingsPath,
  requireFitting,
  unitName,
  type Recording,
  type RecordingFacts,
} from '../core/replay/recording.ts';
import { failAs, writeDurably } from '../host/durable-file.ts';
import type { Root } from '../host/root.ts';
import { member, parseJsonOr } from '../core/json.ts';

const ending = '.json';

/**
 * Writes a recording durably.
 * @returns its path on this machine
 * @throws ParbakeError DISK_FULL, FILE_UNREADABLE
 */
export async function writeRecording(root: Root, recording: Recording): Promise<string> {
  const directory = root.path(recordingsPath);
  const path = join(directory, `${unitName(recording.unit)}${ending}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeDurably(path, formatRecording(recording), 0o644);
  } catch (cause) {
    failAs('FILE_UNREADABLE', `cannot write ${path}`)(cause);
  }
  return path;
}

export interface LoadedRecordings {
  recordings: Recording[];
  /** Rejected files, with the reason. */
  refused: { name: string; error: ParbakeError }[];
}

/** Whether there is anything to read ahead. If not, no reader has to be started. */
export async function hasRecordings(root: Root): Promise<boolean> {
  const names = await readdir(root.path(recordingsPath)).catch(() => []);
  return names.some((name) => name.endsWith(ending));
}

/** Roles whose start was recorded, by the names of the files. It does not check whether the recordings fit. */
export async function recordedRoles(root: Root): Promise<string[]> {
  const names = await readdir(root.path(recordingsPath)).catch(() => []);
  return names.flatMap((name) => /^role-(.+)\.json$/.exec(name)?.[1] ?? []);
}

/** Reads every recording below a root that fits this image, and says why the others do not. */
export async function loadRecordings(root: Root, facts: RecordingFacts): Promise<LoadedRecordings> {
  const directory = root.path(recordingsPath);
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
  const loaded: LoadedRecordings = { recordings: [], refused: [] };
  for (const name of names) {
    try {
      const recording = parseRecording(await readRequiredText(join(directory, name)), name);
      requireFitting(recording, facts);
      loaded.recordings.push(recording);
    } catch (cause) {
      loaded.refused.push({ name, error: toParbakeError(cause) });
    }
  }
  return loaded;
}

/** Reads the bake and its images from the manifest; empty when there is none, as on a half-baked image. */
export async function manifestFacts(root: Root): Promise<Omit<RecordingFacts, 'fileSystem'>> {
  const path = root.path(manifestPath);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const refuse = (reason: string): never => {
    throw new ParbakeError('MANIFEST_INVALID', `${path}: ${reason}`);
  };
  const manifest = parseJsonOr(text, refuse);
  if (!Array.isArray(member(manifest, 'images'))) return refuse('it has no list of images');
  const { bakeId, images } = manifest as Pick<Manifest, 'bakeId' | 'images'>;
  return { bakeId, images: new Map(images.map(({ ref, digest }) => [ref, digest])) };
}
