import { unitLabel } from '../../core/replay/recording.ts';
import type { RecordedStart } from '../record-starts.ts';
import { formatBytes, formatMs } from '../units.ts';
import type { Baked } from '../request.ts';

/** The document of `bake --json`. Sizes in bytes, durations in milliseconds; what is not known is absent. */
export function bakeDocument(baked: Baked): object {
  const { manifest, manifestFile, lockFile, changed, results, recordings, warnings } = baked;
  return {
    bake_id: manifest.bakeId,
    changed,
    images: results.map(({ image, cached }) => ({
      ref: image.ref,
      digest: image.digest,
      size_bytes: image.sizeBytes,
      pull_ms: image.pullMs,
      cached,
      retries: (image.retries ?? []).map(({ at, code, reason, waitMs }) => ({
        at,
        code,
        reason,
        wait_ms: waitMs,
      })),
      verification: image.verification,
      signature: image.signature,
      layers: image.layers.map((layer) => ({
        digest: layer.digest,
        size_bytes: layer.sizeBytes,
        download_start_ms: layer.downloadStartMs,
        download_ms: layer.downloadMs,
        extract_start_ms: layer.extractStartMs,
        extract_ms: layer.extractMs,
        cached: layer.cached,
      })),
    })),
    at_boot: (manifest.atBoot ?? []).map(({ ref, digest }) => ({ ref, digest })),
    roles: manifest.roles.map((role) => role.name),
    recordings: recordings.map(({ unit, recording, startMs }) => ({
      unit,
      source: recording.source,
      start_ms: Math.round(startMs),
      bytes: recordedBytes(recording),
      chunks: recording.chunks.length,
      files: recording.files.length,
      notes: recording.notes,
    })),
    warnings,
    manifest: manifestFile,
    lock: lockFile,
  };
}

export function bakeText({ manifest, manifestFile, changed, results, recordings }: Baked): string {
  const width = Math.max(0, ...results.map(({ image }) => image.ref.length));
  const lines = results.map(
    ({ image, cached }) =>
      `  ${image.ref.padEnd(width)}  ${image.digest}  ${formatBytes(image.sizeBytes)}${cached ? '  cached' : ''}${image.signature === undefined ? '' : '  signed'}`,
  );
  const roles = manifest.roles.map((role) => role.name).join(', ') || 'none';
  return [
    `Baked ${results.length} image${results.length === 1 ? '' : 's'}; roles: ${roles}.${changed ? '' : ' All of it was there: nothing changed.'}`,
    ...lines,
    ...(manifest.atBoot ?? []).map(({ ref, digest }) => `  ${ref}  ${digest}  left to each instance`),
    ...recordings.map(recordedText),
    `Manifest: ${manifestFile}, not sealed yet: run "parbake-agent scrub" next.`,
    '',
  ].join('\n');
}

function recordedText({ unit, recording, startMs }: RecordedStart): string {
  const read = formatBytes(recordedBytes(recording));
  return `  ${unitLabel(unit)} starts cold in ${formatMs(startMs)} and reads ${read} of ${recording.files.length} files: recorded`;
}

function recordedBytes({ files }: RecordedStart['recording']): number {
  return files.flatMap(({ ranges }) => ranges).reduce((sum, [, length]) => sum + length, 0);
}
