import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { countMisses, type Misses } from '../core/replay-misses.ts';
import type { Recording } from '../core/replay-recording.ts';
import type { Root } from '../host/root.ts';
import { recordReads, type Observation, type RecordOptions } from './record.ts';
import { openTracing } from './tracing.ts';

/**
 * Counts what a real start reads from the disk although the recording does not list it. What was read ahead is in memory
 * and causes no read, so only misses are seen. The start is what matters: where there is nothing to watch with, or
 * watching fails, it happens all the same, and nothing is counted. The time limit ends the watching, not the start.
 * Resolves some time after the start, when what was read is known by name.
 * @param earlier misses of other starts with the same recording, which are counted on
 * @throws what `start` throws, and nothing else
 */
export async function watchStart(
  recording: Recording,
  options: Omit<RecordOptions, 'dropCaches'>,
  start: () => Promise<void>,
  earlier?: Misses,
): Promise<Misses | undefined> {
  let started: Promise<void> | undefined;
  const startOnce = (): Promise<void> => (started ??= start());
  const observation = await observe(options, startOnce).catch(() => undefined);
  await startOnce();
  if (observation === undefined || observation.device.uuid !== recording.fileSystem.uuid) return earlier;
  return countMisses(recording, observation, earlier);
}

/** @returns undefined when the kernel's tracing cannot be had: looking at all files instead would slow the start down */
async function observe(
  options: Omit<RecordOptions, 'dropCaches'>,
  start: () => Promise<void>,
): Promise<Observation | undefined> {
  const tracing = await (options.openTracing ?? openTracing)(randomUUID());
  if (typeof tracing === 'string') return undefined;
  try {
    const traced = { ...options, dropCaches: false, openTracing: async () => tracing };
    const observation = await recordReads(traced, (limit) => Promise.race([start(), aborted(limit)]));
    return observation.source === 'tracefs' ? observation : undefined;
  } finally {
    await tracing.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
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
