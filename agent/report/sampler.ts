import type { Sample } from '../../proto/gen/parbake/v1/Sample.ts';
import { pause } from '../../proto/process/tasks.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { ioBetween } from '../host/io.ts';
import { containerUsage, hostUsage, type Usage } from '../host/usage.ts';
import { defined } from '../../proto/errors/defined.ts';

export interface SamplerOptions {
  /** Whose disk counts. */
  directory: string;
  /** Whether something is going on that a person will want to look at closely. */
  isBusy: () => boolean;
  /** Milliseconds between two samples at rest. */
  restInterval: () => number;
  /** Our containers that run now, with the process that is their first. */
  containers: () => Promise<{ name: string; pid: number }[]>;
  emit: (samples: Sample[]) => void;
}

/** Milliseconds between two samples while something happens. */
const busyInterval = 1_000;
/** Bytes in a second, of disk and network together, that count as something happening. */
const busyBytesPerSecond = 1_000_000;

interface Reading {
  /** Monotonic. */
  at: number;
  usage: Usage;
}

/** Measures the host and our containers over time: often while something happens, seldom at rest. */
export async function runSampler(options: SamplerOptions, signal: AbortSignal): Promise<void> {
  let before = new Map<string, Reading>();
  let isMoving = true;
  while (!signal.aborted) {
    const now = await readAll(options);
    const stretches = [...now].flatMap(([name, reading]) => {
      const earlier = before.get(name);
      return earlier === undefined ? [] : [{ name: name.replace(/^\d*\//, ''), earlier, reading }];
    });
    const samples = stretches.map(({ name, earlier, reading }) =>
      sampleBetween(name, earlier, reading, Date.now()),
    );
    if (samples.length > 0) options.emit(samples);
    before = now;
    isMoving = stretches.some(
      ({ earlier, reading }) => bytesPerSecond(earlier, reading) > busyBytesPerSecond,
    );
    const isOften = isMoving || options.isBusy();
    await rest(isOften ? busyInterval : options.restInterval(), options.isBusy, isOften, signal);
  }
}

/** An idle sampler wakes up as soon as something begins. */
async function rest(ms: number, isBusy: () => boolean, isOften: boolean, signal: AbortSignal): Promise<void> {
  if (isOften) return await pause(ms, signal);
  for (let left = ms; left > 0 && !signal.aborted && !isBusy(); left -= busyInterval)
    await pause(Math.min(left, busyInterval), signal);
}

async function readAll(options: SamplerOptions): Promise<Map<string, Reading>> {
  const containers = await options.containers();
  const host = ['/', { at: performance.now(), usage: hostUsage(options.directory) }] as const;
  const each = containers.map(
    // One that is made anew under the same name counts from its own beginning.
    ({ name, pid }) => [`${pid}/${name}`, { at: performance.now(), usage: containerUsage(pid) }] as const,
  );
  return new Map([host, ...each]);
}

/** @param wallNow when the later reading was made, milliseconds since the epoch */
export function sampleBetween(container: string, before: Reading, after: Reading, wallNow: number): Sample {
  const intervalMs = after.at - before.at;
  const { cpuMs, ioStallMs, memoryBytes, pageCacheBytes } = after.usage;
  return {
    container,
    startTime: timeOf(Math.round(wallNow - intervalMs)),
    duration: durationOf(intervalMs),
    io: ioBetween(before.usage.io, after.usage.io),
    ...defined({
      cpuDuration: durationOf(grown(before.usage.cpuMs, cpuMs)),
      ioStallDuration: durationOf(grown(before.usage.ioStallMs, ioStallMs)),
      memoryBytes,
      pageCacheBytes,
    }),
  };
}

function grown(from: number | undefined, to: number | undefined): number | undefined {
  return from !== undefined && to !== undefined && to >= from ? to - from : undefined;
}

function bytesPerSecond(before: Reading, after: Reading): number {
  const io = ioBetween(before.usage.io, after.usage.io);
  const moved = [io.diskReadBytes, io.diskWriteBytes, io.networkReceiveBytes, io.networkTransmitBytes];
  return moved.reduce<number>((sum, bytes = 0) => sum + bytes, 0) / ((after.at - before.at) / 1000);
}
