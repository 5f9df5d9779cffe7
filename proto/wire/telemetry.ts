import { reasonText } from '../errors/reason.ts';
import type { Clock__Output } from '../gen/parbake/v1/Clock.ts';
import type { ContainerStart__Output } from '../gen/parbake/v1/ContainerStart.ts';
import type { LayerPull__Output } from '../gen/parbake/v1/LayerPull.ts';
import type { IoCounters__Output } from '../gen/parbake/v1/IoCounters.ts';
import type { Pull__Output } from '../gen/parbake/v1/Pull.ts';
import type { Sample__Output } from '../gen/parbake/v1/Sample.ts';
import type { StartReads__Output } from '../gen/parbake/v1/StartReads.ts';
import { defined } from '../errors/defined.ts';
import { isDuration, millisecondsOf, type ProtoTime } from './time.ts';

// What instances report, as the coordinator stores it and the command line computes with it: lengths of time are
// milliseconds, and a reason is one text.

/** See Pull in telemetry.proto. */
export interface ReportedPull extends Pick<Pull__Output, 'ref' | 'digest' | 'sizeBytes' | 'atBake'> {
  startTime: ProtoTime | null;
  pullMs: number;
  layers: ReportedLayer[];
  retries: { time: ProtoTime | null; code: string; reason: string; waitMs: number }[];
}

/** See LayerPull in telemetry.proto. */
export interface ReportedLayer {
  digest: string;
  sizeBytes?: number;
  downloadStartMs?: number;
  downloadMs?: number;
  extractStartMs?: number;
  extractMs?: number;
  cached: boolean;
}

/** See ContainerStart in telemetry.proto. */
export interface ReportedStart extends Pick<
  ContainerStart__Output,
  'name' | 'image' | 'containerId' | 'assignmentId' | 'prepared'
> {
  startTime: ProtoTime | null;
  createMs?: number;
  startMs?: number;
  execMs?: number;
  readyMs?: number;
  /** Empty when the container came up. */
  error: string;
}

/** See StartReads in telemetry.proto. */
export interface ReportedReads extends Omit<StartReads__Output, 'unwatchedReason' | 'unwatchedMessage'> {
  /** Empty when the start was watched. */
  unwatched: string;
}

/** See Sample in telemetry.proto. */
export interface ReportedSample extends Omit<IoCounters__Output, `_${string}`> {
  container: string;
  /** Since the epoch. */
  startMs: number;
  intervalMs: number;
  cpuMs?: number;
  ioStallMs?: number;
  memoryBytes?: number;
  pageCacheBytes?: number;
}

/** See Clock in telemetry.proto. */
export interface ReportedClock {
  offsetMs: number;
  uncertaintyMs: number;
}

export function pullFromProto({ duration, layers, retries, ...pull }: Pull__Output): ReportedPull {
  return {
    ...pull,
    pullMs: lengthOf(duration) ?? 0,
    layers: layers.map(layerFromProto),
    retries: retries.map(({ time, reason, message, delay }) => ({
      time,
      code: reason,
      reason: message,
      waitMs: lengthOf(delay) ?? 0,
    })),
  };
}

function layerFromProto({ digest, sizeBytes, cached, ...times }: LayerPull__Output): ReportedLayer {
  const known = defined({
    sizeBytes,
    downloadStartMs: lengthOf(times.downloadStartOffset),
    downloadMs: lengthOf(times.downloadDuration),
    extractStartMs: lengthOf(times.extractStartOffset),
    extractMs: lengthOf(times.extractDuration),
  });
  return { digest, cached, ...known };
}

export function startFromProto(message: ContainerStart__Output): ReportedStart {
  const { createDuration, startDuration, execDuration, readyDuration, reason, ...start } = message;
  const { message: sentence, ...known } = start;
  const times = defined({
    createMs: lengthOf(createDuration),
    startMs: lengthOf(startDuration),
    execMs: lengthOf(execDuration),
    readyMs: lengthOf(readyDuration),
  });
  return { ...known, ...times, error: reasonText({ reason, message: sentence }) };
}

export function readsFromProto({
  unwatchedReason: reason,
  unwatchedMessage: message,
  ...reads
}: StartReads__Output): ReportedReads {
  return { ...reads, unwatched: reasonText({ reason, message }) };
}

export function sampleFromProto({
  container,
  startTime,
  duration,
  io,
  ...levels
}: Sample__Output): ReportedSample {
  const figures = defined({
    diskReadBytes: io?.diskReadBytes,
    diskWriteBytes: io?.diskWriteBytes,
    diskReadOperations: io?.diskReadOperations,
    diskWriteOperations: io?.diskWriteOperations,
    networkReceiveBytes: io?.networkReceiveBytes,
    networkTransmitBytes: io?.networkTransmitBytes,
    cpuMs: lengthOf(levels.cpuDuration),
    ioStallMs: lengthOf(levels.ioStallDuration),
    memoryBytes: levels.memoryBytes,
    pageCacheBytes: levels.pageCacheBytes,
  });
  const startMs = Math.round(millisecondsOf(startTime) ?? 0);
  return { container, startMs, intervalMs: lengthOf(duration) ?? 0, ...figures };
}

export function clockFromProto({ offset, uncertainty }: Clock__Output): ReportedClock {
  return { offsetMs: millisecondsOf(offset) ?? 0, uncertaintyMs: millisecondsOf(uncertainty) ?? 0 };
}

/** @returns undefined also for a duration that is negative or invalid: no stretch of time is */
function lengthOf(duration: ProtoTime | null): number | undefined {
  const ms = millisecondsOf(duration);
  return duration !== null && isDuration(duration) && ms !== undefined && ms >= 0 ? ms : undefined;
}
