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
import { required, invalid } from './parts.ts';

/** A century from now no agent of this version runs; below, its clock was never set. Milliseconds and nanoseconds. */
const latest = Date.UTC(2100, 0, 1);

/** Milliseconds that an instance's clock may be ahead of ours: samples are kept by their age, and these would have none. */
const mostAhead = 86_400_000;

/** Milliseconds that one sample may cover. */
const longestSample = 86_400_000;

/**
 * What cannot be stored or looked at, as a broken clock or counter makes it, is left out rather than refused: an agent
 * sends a batch until it is taken.
 * @param now milliseconds since the epoch
 */
export function reportFromProto(
  message: ReportRequest__Output,
  now: number,
): { batch: ReportBatch; spans: Span__Output[]; pulls: ReportedPull[]; leftOut: number } {
  required('instance_id', message.instanceId, 128);
  required('boot_id', message.bootId, 128);
  if (message.sequence < 1) throw invalid('sequence', 'starts at 1');
  const spans = message.spans.filter(isSpan).map((span) => ({
    ...span,
    io: countersOf(span.io),
    containerIo: countersOf(span.containerIo),
  }));
  const samples = message.samples.map(sampleFromProto).filter((sample) => isSample(sample, now));
  // A reference goes into commands and recipes that people copy, so it has to be one.
  const pulls = message.pulls.filter(({ ref }) => parseImageRef(ref).ok).map(pullFromProto);
  const starts = message.starts.filter(({ image }) => parseImageRef(image).ok).map(startFromProto);
  const kept = spans.length + samples.length + pulls.length + starts.length;
  const reported = [message.spans, message.samples, message.pulls, message.starts];
  const leftOut = reported.reduce((sum, { length }) => sum + length, 0) - kept;
  const batch = {
    instanceId: message.instanceId,
    bootId: message.bootId,
    sequence: message.sequence,
    spans: spans.map((span) => ({
      id: span.spanId,
      startNs: span.startUnixNs,
      json: JSON.stringify(span),
    })),
    pulls: pulls.map((pull) => JSON.stringify(pull)),
    starts: starts.map((start) => JSON.stringify(start)),
    reads: message.reads.map((reads) => JSON.stringify(checkedReads(readsFromProto(reads)))),
    samples: samples.map(soundSample),
  };
  return { batch, spans, pulls, leftOut };
}

/** A counter that cannot be is absent, as one that was not read. */
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
  const isLong = intervalMs > 0 && intervalMs <= longestSample;
  return container.length <= 256 && isLong && startMs >= 0 && startMs <= now + mostAhead;
}

/** Missed chunks and files of one start; an agent sends fewer. */
const mostMissed = 5000;

const mostRanges = 1000;

function checkedReads(reads: ReportedReads): ReportedReads {
  required('reads.role', reads.role, 63);
  if (reads.unwatched.length > 1000) throw invalid('reads.unwatched', 'has more than 1000 characters');
  if (reads.bakeId.length > 128 || reads.fileSystemUuid.length > 128)
    throw invalid('reads.bake_id', 'has more than 128 characters');
  if (reads.missedChunks.length > mostMissed || reads.missedFiles.length > mostMissed)
    throw invalid('reads.missed_chunks', `has more than ${mostMissed}`);
  if (!reads.missedChunks.every((chunk) => chunk >= 0)) throw invalid('reads.missed_chunks', 'is below 0');
  for (const { path, ranges } of reads.missedFiles) {
    // It ends up in a list of what other machines read.
    if (!path.startsWith('/') || path.length > 4096 || path.split('/').includes('..'))
      throw invalid('reads.missed_files.path', `is not a path: "${path.slice(0, 100)}"`);
    if (ranges.length === 0 || ranges.length % 2 !== 0 || ranges.length > 2 * mostRanges)
      throw invalid('reads.missed_files.ranges', 'are not some pairs of offset and length');
    if (!ranges.every((bytes, index) => bytes >= index % 2))
      throw invalid('reads.missed_files.ranges', 'has an offset below 0 or a length of 0');
  }
  return reads;
}

/** A figure that cannot be is absent, as one that was not read. */
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

/** @param token from a former answer, or empty for the first page */
export function sequenceFromProto(token: string): number {
  if (!/^\d{0,15}$/.test(token)) throw invalid('page_token', 'is not one of ours');
  return Number(token);
}
