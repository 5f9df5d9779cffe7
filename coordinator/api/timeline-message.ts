import type { Clock as ClockMessage } from '../../proto/gen/parbake/v1/Clock.ts';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import type { Sample as SampleMessage } from '../../proto/gen/parbake/v1/Sample.ts';
import type { StartReads } from '../../proto/gen/parbake/v1/StartReads.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { defined } from '../../proto/errors/defined.ts';
import type {
  ReportedClock,
  ReportedPull,
  ReportedReads,
  ReportedStart,
} from '../../proto/wire/telemetry.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { Sample } from '../core/sample.ts';

// The messages of a timeline from what the store has of it: the way back of proto/wire/telemetry.ts. What an earlier
// version stored may lack fields.

export function pullMessage({
  pullMs,
  layers,
  retries = [],
  ...pull
}: Stored<ReportedPull, 'retries'>): Pull {
  return {
    ...pull,
    duration: durationOf(pullMs),
    layers: layers.map(({ downloadStartMs, downloadMs, extractStartMs, extractMs, ...layer }) => ({
      ...layer,
      ...defined({
        downloadStartOffset: durationOf(downloadStartMs),
        downloadDuration: durationOf(downloadMs),
        extractStartOffset: durationOf(extractStartMs),
        extractDuration: durationOf(extractMs),
      }),
    })),
    retries: retries.map(({ time, code, reason, waitMs }) => ({
      time,
      reason: code,
      message: reason,
      delay: durationOf(waitMs),
    })),
  };
}

export function startMessage(stored: ReportedStart): ContainerStart {
  const { createMs, startMs, execMs, readyMs, error, ...start } = stored;
  const times = defined({
    createDuration: durationOf(createMs),
    startDuration: durationOf(startMs),
    execDuration: durationOf(execMs),
    readyDuration: durationOf(readyMs),
  });
  return { ...start, ...times, ...reasonFrom(error) };
}

export function readsMessage({ unwatched, ...reads }: ReportedReads): StartReads {
  const { reason: unwatchedReason, message: unwatchedMessage } = reasonFrom(unwatched);
  return { ...reads, unwatchedReason, unwatchedMessage };
}

export function clockMessage({ offsetMs, uncertaintyMs }: ReportedClock): ClockMessage {
  return { offset: durationOf(offsetMs), uncertainty: durationOf(uncertaintyMs) };
}

export function sampleMessage(sample: Sample): SampleMessage {
  const { container, startMs, intervalMs, cpuMs, ioStallMs, memoryBytes, pageCacheBytes, ...io } = sample;
  const levels = defined({
    cpuDuration: durationOf(cpuMs),
    ioStallDuration: durationOf(ioStallMs),
    memoryBytes,
    pageCacheBytes,
  });
  return { container, startTime: timeOf(startMs), duration: durationOf(intervalMs), io, ...levels };
}

type Stored<T, Late extends keyof T> = Omit<T, Late> & Partial<Pick<T, Late>>;
