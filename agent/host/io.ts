import { statSync } from 'node:fs';
import { readKernelFile } from './kernel-file.ts';

/** Since boot, or since a container came to be; absent when the source cannot be read. See IoCounters in telemetry.proto. */
export interface IoCounters {
  diskReadBytes?: number;
  diskWriteBytes?: number;
  networkReceiveBytes?: number;
  networkTransmitBytes?: number;
  diskReadOperations?: number;
  diskWriteOperations?: number;
}

/** What was read at one moment. */
export interface IoReading extends IoCounters {
  /** Its zeros of the disk may be those of disks that nobody counts: they tell nothing once they are the later ones. */
  mayMissDisks?: true;
}

export const nothingMoved: Readonly<Required<IoCounters>> = {
  diskReadBytes: 0,
  diskWriteBytes: 0,
  networkReceiveBytes: 0,
  networkTransmitBytes: 0,
  diskReadOperations: 0,
  diskWriteOperations: 0,
};
const names = Object.keys(nothingMoved) as (keyof IoCounters)[];

/** The kernel counts sectors of this many bytes, whatever the disk's are. */
const sectorBytes = 512;

/** What the whole host has moved: the disk behind a directory, and the interface of the default route. */
export function readIo(directory: string): IoCounters {
  return {
    ...diskIo(directory),
    ...networkCounters(read('/proc/net/dev'), defaultInterface(read('/proc/net/route'))),
  };
}

function diskIo(directory: string): IoCounters {
  try {
    const { dev } = statSync(directory);
    return diskCounters(read('/proc/diskstats'), major(dev), minor(dev));
  } catch {
    return {};
  }
}

/** @param text of /proc/diskstats */
export function diskCounters(text: string, majorNumber: number, minorNumber: number): IoCounters {
  const fields = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([first, second]) => Number(first) === majorNumber && Number(second) === minorNumber);
  if (fields === undefined || fields[5] === undefined || fields[9] === undefined) return {};
  return {
    diskReadOperations: Number(fields[3]),
    diskReadBytes: Number(fields[5]) * sectorBytes,
    diskWriteOperations: Number(fields[7]),
    diskWriteBytes: Number(fields[9]) * sectorBytes,
  };
}

/** @param text of /proc/net/route. @returns the interface of the default route */
export function defaultInterface(text: string): string | undefined {
  const rows = text.split('\n').map((line) => line.split('\t'));
  return rows.find(
    ([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000',
  )?.[0];
}

/** @param text of /proc/net/dev */
export function networkCounters(text: string, name: string | undefined): IoCounters {
  const line = text.split('\n').find((one) => one.trim().startsWith(`${name ?? ''}:`));
  if (name === undefined || line === undefined) return {};
  const fields = line
    .slice(line.indexOf(':') + 1)
    .trim()
    .split(/\s+/);
  return { networkReceiveBytes: Number(fields[0]), networkTransmitBytes: Number(fields[8]) };
}

/** @param text of /proc/PID/net/dev. @returns every interface but the loopback, together */
export function allNetworkCounters(text: string): IoCounters {
  const names = [...text.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name]) => name);
  const each = names.filter((name) => name !== 'lo').map((name) => networkCounters(text, name));
  if (each.length === 0) return {};
  const sum = (key: 'networkReceiveBytes' | 'networkTransmitBytes'): number =>
    each.reduce((total, one) => total + (one[key] ?? 0), 0);
  return {
    networkReceiveBytes: sum('networkReceiveBytes'),
    networkTransmitBytes: sum('networkTransmitBytes'),
  };
}

/** What was moved between two readings; a counter that went backwards or is missing is absent. */
export function ioBetween(before: IoReading, after: IoReading): IoCounters {
  const result: IoCounters = {};
  for (const key of names) {
    if (after.mayMissDisks === true && key.startsWith('disk')) continue;
    const from = before[key];
    const to = after[key];
    if (from !== undefined && to !== undefined && to >= from) result[key] = to - from;
  }
  return result;
}

function read(path: string): string {
  return readKernelFile(path) ?? '';
}

/** Splits a device number as glibc does. */
function major(device: number): number {
  return Number((BigInt(device) >> 8n) & 0xfffn);
}

function minor(device: number): number {
  const wide = BigInt(device);
  return Number((wide & 0xffn) | ((wide >> 12n) & 0xfff00n));
}
