import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { readsDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import type { Recording } from '../core/replay/recording.ts';
import { blockReads, chunksOf, filesOf, pageReads, type PageRead } from '../core/replay/trace.ts';
import { compareStart, usedPages, wantedPages, type UseLimits } from '../core/replay/use.ts';
import { givenRoot, type Root } from '../host/root.ts';
import { deviceOf } from './device.ts';
import { loadRecordings, manifestFacts } from './recordings.ts';
import { attachTracing } from './tracing.ts';
import { walkFiles } from './walk.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

export const readsCommand = command(readsDeclaration, runReads);

/** A report is one message to the coordinator, and there are many instances. */
const limits: UseLimits = { chunks: 2000, files: 500, ranges: 100 };

async function runReads(
  values: ValuesOf<typeof readsDeclaration>,
  context: CommandContext,
): Promise<ExitCode> {
  const { role, trace: traceDirectory, directory } = values;
  const tracing = attachTracing(traceDirectory);
  const trace = await tracing.stop().catch((cause: unknown) => {
    throw new ParbakeError('TRACING_UNAVAILABLE', `cannot read ${traceDirectory}: ${reasonOf(cause)}`, {
      cause,
    });
  });
  const device = await deviceOf(directory);
  const { mountPoint } = device;
  if (mountPoint === undefined)
    throw new ParbakeError('DEVICE_UNKNOWN', `the root of the file system on ${device.path} is not mounted`);
  const recording = await recordingOf(givenRoot(values.root), role, device);
  const blocks = device.traced === undefined ? [] : blockReads(trace.text, device.traced);
  const layers = await layersBelow(mountPoint, values.layer);
  const read = pageReads(trace.text, device);
  const used = (await tracing.seesUse()) ? usedPages(trace.text, device) : undefined;
  const names = await namesOf(mountPoint, recording, layers, [...read, ...(used ?? [])], context.signal);
  const seen = {
    chunks: chunksOf(
      blocks.map(({ offset, length }) => [offset, length]),
      recording,
    ),
    fromDisk: filesOf(read, names),
    used: used && filesOf(wantedPages(used, names, recording), names),
  };
  const isCounted = (path: string): boolean =>
    layers.length === 0 || layers.some((layer) => path.startsWith(`${layer}/`));
  const { bakeId, fileSystem } = recording;
  const use = compareStart(recording, seen, isCounted, limits, trace.lost);
  context.stdout.write(`${JSON.stringify({ bakeId, fileSystemUuid: fileSystem.uuid, ...use })}\n`);
  return exitCodes.done;
}

async function recordingOf(root: Root, role: string, fileSystem: { uuid: string }): Promise<Recording> {
  const loaded = await loadRecordings(root, { ...(await manifestFacts(root)), fileSystem });
  const found = loaded.recordings.find(({ unit }) => unit.kind === 'role' && unit.role === role);
  if (found !== undefined) return found;
  const refused = loaded.refused.find(({ name }) => name === `role-${role}.json`);
  throw (
    refused?.error ?? new ParbakeError('RECORDING_MISMATCH', `nothing was recorded for role ${role} here`)
  );
}

/** Returns paths from the file system's root, without those on other file systems. */
async function layersBelow(mountPoint: string, layers: readonly string[]): Promise<string[]> {
  const found = await Promise.all(layers.map((layer) => realpath(layer).catch(() => undefined)));
  return found.flatMap((path) => {
    const below = path === undefined ? '..' : relative(mountPoint, path);
    return below.startsWith('..') || isAbsolute(below) ? [] : [`/${below}`];
  });
}

/**
 * Finds the names of the files that were read. It tries the listed files first, because a search through all layers of a large image
 * reads a disk that may be slow. Only an unlisted file makes that search necessary.
 */
async function namesOf(
  mountPoint: string,
  recording: Recording,
  layers: readonly string[],
  pages: readonly PageRead[],
  signal: AbortSignal,
): Promise<Map<number, { path: string; sizeBytes: number }>> {
  const wanted = new Set(pages.map(({ inode }) => inode));
  const names = new Map<number, { path: string; sizeBytes: number }>();
  for (const { path } of recording.files) {
    const found = await lstat(join(mountPoint, path)).catch(() => undefined);
    if (found !== undefined && wanted.has(found.ino)) names.set(found.ino, { path, sizeBytes: found.size });
  }
  if (names.size === wanted.size) return names;
  for await (const { inode, path, sizeBytes } of walkFiles(mountPoint, layers, signal)) {
    if (wanted.has(inode)) names.set(inode, { path, sizeBytes });
    if (names.size === wanted.size) break;
  }
  return names;
}
