import type { ReportRequest__Output } from '../../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportBatch } from '../../store/telemetry.ts';
import type { Span__Output } from '../../../proto/gen/parbake/v1/Span.ts';
import type { IoCounters__Output } from '../../../proto/gen/parbake/v1/IoCounters.ts';
import type { Sample, SampleFigures } from '../../core/sample.ts';
import { counted, levels } from '../../core/sample.ts';
import {
  pullFromProto,
  readsFromProto,
  sampleFromProto,
  startFromProto,
  type ReportedPull,
  type ReportedReads,
} from '../../../proto/wire/telemetry.ts';
import { parseImageRef } from '../../../proto/recipe/image-ref.ts';
import { atMost, bounded, invalid, isPrintable, printable, readAll, readEach, required } from './parts.ts';
import { boundedItem } from './bounds.ts';

/** Milliseconds since the epoch: no agent of this version runs then. */
const latest = Date.UTC(2100, 0, 1);

/** Milliseconds that an instance's clock may be ahead of ours. Samples are kept by their age, which later ones do not have. */
const maxAhead = 86_400_000;

/** Milliseconds that one sample may cover. */
const maxSampleLength = 86_400_000;

/** How many entries of each kind one batch may have; an agent batches what happens within 50 ms. */
const maxItems = 2_000;
const maxReads = 64;

/**
 * Drops what a broken clock or counter made impossible to store or to look at. It is not refused, since an agent sends a
 * batch until it is accepted.
 * @param now milliseconds since the epoch
 */
export function reportFromProto(
  message: ReportRequest__Output,
  now: number,
): { batch: ReportBatch; spans: Span__Output[]; pulls: ReportedPull[]; leftOut: number } {
  const { instanceId, bootId, sequence, reads } = readAll({
    instanceId: () => required('instance_id', message.instanceId, 128),
    bootId: () => required('boot_id', message.bootId, 128),
    sequence: () => positive('sequence', message.sequence),
    reads: () =>
      readEach(atMost('reads', message.reads, maxReads), (one, index) =>
        checkedReads(`reads[${index}]`, readsFromProto(one)),
      ),
  });
  const spans = some(message.spans.filter(isSpan)).map((span) => ({
    ...boundedItem(span),
    io: countersOf(span.io),
    containerIo: countersOf(span.containerIo),
  }));
  const samples = some(message.samples.map(sampleFromProto).filter((sample) => isSample(sample, now)));
  // A reference goes into commands and recipes that people copy, so it has to be one.
  const pulls = some(message.pulls.filter(({ ref }) => parseImageRef(ref).ok)).map((pull) =>
    boundedItem(pullFromProto(pull)),
  );
  const starts = some(message.starts.filter(({ image }) => parseImageRef(image).ok)).map((start) =>
    boundedItem(startFromProto(start)),
  );
  const kept = spans.length + samples.length + pulls.length + starts.length;
  const reported = [message.spans, message.samples, message.pulls, message.starts];
  const leftOut = reported.reduce((sum, { length }) => sum + length, 0) - kept;
  const batch = {
    instanceId,
    bootId,
    sequence,
    spans: spans.map((span) => ({
      id: span.spanId,
      startNs: span.startUnixNs,
      json: JSON.stringify(span),
    })),
    pulls: pulls.map((pull) => JSON.stringify(pull)),
    starts: starts.map((start) => JSON.stringify(start)),
    reads: reads.map((one) => JSON.stringify(one)),
    samples: samples.map(soundSample),
  };
  return { batch, spans, pulls, leftOut };
}

/** The first of them, as many as are stored of one batch. */
function some<T>(items: readonly T[]): readonly T[] {
  return items.slice(0, maxItems);
}

/** Leaves out counters with impossible values, like those that were not read. */
function countersOf(io: IoCounters__Output | null): IoCounters__Output | null {
  if (io === null) return null;
  const sound = Object.entries(io).filter(([, count]) => Number.isSafeInteger(count) && Number(count) >= 0);
  return Object.fromEntries(sound);
}

function isSpan({ spanId, startUnixNs, endUnixNs }: Span__Output): boolean {
  const isTime = (ns: number): boolean => ns >= 0 && ns <= latest * 1e6;
  return spanId !== '' && isTime(startUnixNs) && isTime(endUnixNs);
}

function isSample({ container, startMs, intervalMs }: Sample, now: number): boolean {
  const isLong = intervalMs > 0 && intervalMs <= maxSampleLength;
  return isPrintable(container, 256) && isLong && startMs >= 0 && startMs <= now + maxAhead;
}

/** Missed chunks, and missed files, of one start. An agent sends fewer. */
const maxMissed = 5000;

const maxRanges = 1000;

function checkedReads(field: string, reads: ReportedReads): ReportedReads {
  const { missedChunks, missedFiles } = reads;
  readAll({
    role: () => required(`${field}.role`, reads.role, 63),
    unwatched: () => bounded(`${field}.unwatched_message`, reads.unwatched, 1000),
    bakeId: () => bounded(`${field}.bake_id`, reads.bakeId, 128),
    fileSystem: () => bounded(`${field}.file_system_uuid`, reads.fileSystemUuid, 128),
    chunks: () => checkedChunks(`${field}.missed_chunks`, missedChunks),
    files: () => checkedFiles(`${field}.missed_files`, missedFiles),
  });
  return reads;
}

function checkedChunks(field: string, chunks: readonly number[]): void {
  if (chunks.length > maxMissed) throw invalid(field, `has more than ${maxMissed}`);
  if (!chunks.every((chunk) => chunk >= 0)) throw invalid(field, 'has a negative one');
}

function checkedFiles(field: string, files: ReportedReads['missedFiles']): void {
  if (files.length > maxMissed) throw invalid(field, `has more than ${maxMissed}`);
  for (const [index, { path, ranges }] of files.entries()) {
    // It ends up in a list of what other machines read.
    if (!path.startsWith('/') || !isPrintable(path, 4096) || path.split('/').includes('..'))
      throw invalid(`${field}[${index}].path`, `is not a path: "${printable(path, 100)}"`);
    if (ranges.length === 0 || ranges.length % 2 !== 0 || ranges.length > 2 * maxRanges)
      throw invalid(`${field}[${index}].ranges`, 'are not pairs of offset and length');
    if (!ranges.every((bytes, part) => bytes >= part % 2))
      throw invalid(`${field}[${index}].ranges`, 'has a negative offset or a length of 0');
  }
}

function positive(field: string, value: number): number {
  if (value < 1) throw invalid(field, `is ${value}, below 1`);
  return value;
}

/** Leaves out figures with impossible values, like those that were not read. */
function soundSample({ container, startMs, intervalMs, ...figures }: Sample): Sample {
  const known: SampleFigures = {};
  for (const key of [...counted, ...levels]) {
    const value = figures[key];
    const isTime = key === 'cpuMs' || key === 'ioStallMs';
    if (value !== undefined && value >= 0 && (isTime ? Number.isFinite(value) : Number.isSafeInteger(value)))
      known[key] = value;
  }
  return { container, startMs, intervalMs, ...known };
}
