import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { countMisses, type Misses } from '../core/replay-misses.ts';
import { requireFitting, type Recording } from '../core/replay-recording.ts';
import type { Root } from '../host/root.ts';
import { recordReads, type RecordOptions } from './record.ts';
import { openTracing } from './tracing.ts';

/**
 * Counts what a real start reads from the disk although the recording does not list it. What was read ahead is in memory
 * and causes no read, so only misses are seen. Needs tracefs; without it there are no misses to tell, and none are told.
 * @param earlier misses of other starts with the same recording, which are counted on
 * @throws ParbakeError RECORDING_MISMATCH, DEVICE_UNKNOWN; what `start` throws
 */
export async function watchStart(
  recording: Recording,
  options: Omit<RecordOptions, 'dropCaches'>,
  start: (signal: AbortSignal) => Promise<void>,
  earlier?: Misses,
): Promise<Misses | undefined> {
  const tracing = await (options.openTracing ?? openTracing)(randomUUID());
  if (typeof tracing === 'string') {
    // The start is what matters; looking at all files before and after would only slow it down.
    await start(options.signal ?? new AbortController().signal);
    return earlier;
  }
  const observation = await recordReads(
    { ...options, dropCaches: false, openTracing: async () => tracing },
    start,
  );
  if (observation.source !== 'tracefs') return earlier;
  requireFitting(recording, { fileSystem: observation.device });
  return countMisses(recording, observation, earlier);
}

/** A file of a layer: the store's directory, and the path in the layer. Layers have other names in every bake. */
const layerFile = /^(\/.*\/overlay2)\/[^/]+\/diff(\/.*)$/;

/**
 * Finds files of an earlier bake in this one: at the same path, or at the same path of the one layer that has it.
 * @param paths from the file system's root
 * @returns those that were found, by their old path
 */
export async function locateFiles(root: Root, paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const now = (await isThere(root, path)) ? path : await findInLayers(root, path);
    if (now !== undefined) found.set(path, now);
  }
  return found;
}

async function findInLayers(root: Root, path: string): Promise<string | undefined> {
  const [, store, inLayer] = layerFile.exec(path) ?? [];
  if (store === undefined || inLayer === undefined) return undefined;
  const layers = await readdir(root.path(store)).catch(() => []);
  const candidates = layers.map((layer) => join(store, layer, 'diff', inLayer));
  const present = await Promise.all(candidates.map((candidate) => isThere(root, candidate)));
  const matches = candidates.filter((_, index) => present[index]);
  return matches.length === 1 ? matches[0] : undefined;
}

async function isThere(root: Root, path: string): Promise<boolean> {
  return await stat(root.path(path)).then(
    (found) => found.isFile(),
    () => false,
  );
}
