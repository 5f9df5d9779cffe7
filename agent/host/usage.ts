import { join } from 'node:path';
import { containerIo, controlGroupsOf, groupsMount, type ControlGroups } from './container-io.ts';
import { readIo, type IoReading } from './io.ts';
import { readKernelFile } from './kernel-file.ts';
import { defined } from '../../proto/errors/defined.ts';

/** Counters since boot, and levels of this moment; absent when the source cannot be read. */
export interface Usage {
  io: IoReading;
  /** Processor time of all cores. */
  cpuMs?: number;
  memoryBytes?: number;
  pageCacheBytes?: number | undefined;
  /** How long something waited for a disk. */
  ioStallMs?: number;
}

/** The kernel counts processor time in these, whatever its own tick is (USER_HZ). */
const ticksPerSecond = 100;

/** @param directory whose disk counts */
export function hostUsage(directory: string): Usage {
  return {
    io: readIo(directory),
    ...hostCpu(read('/proc/stat')),
    ...hostMemory(read('/proc/meminfo')),
    ...pressureStall(read('/proc/pressure/io')),
  };
}

/** @param text of /proc/stat */
export function hostCpu(text: string): Pick<Usage, 'cpuMs'> {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number);
  if (fields === undefined || fields.length < 8) return {};
  // user nice system idle iowait irq softirq steal; guests are in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return { cpuMs: ((user + nice + system + irq + softirq) * 1000) / ticksPerSecond };
}

/** @param text of /proc/meminfo, in KiB */
export function hostMemory(text: string): Pick<Usage, 'memoryBytes' | 'pageCacheBytes'> {
  const bytes = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  };
  const total = bytes('MemTotal');
  const available = bytes('MemAvailable');
  const used = total === undefined || available === undefined ? undefined : total - available;
  return defined({ memoryBytes: used, pageCacheBytes: bytes('Cached') });
}

/** @param text of /proc/pressure/io */
export function pressureStall(text: string): Pick<Usage, 'ioStallMs'> {
  const microseconds = /^some .*total=(\d+)$/m.exec(text)?.[1];
  return defined({ ioStallMs: scaled(microseconds, 1 / 1000) });
}

/**
 * What a container used, by its control groups and its network namespace.
 * @param pid of its first process
 * @param mount where control groups are
 */
export function containerUsage(pid: number, mount = groupsMount): Usage {
  const groups = controlGroupsOf(read(`/proc/${pid}/cgroup`));
  return { ...(groups === undefined ? {} : groupUsage(groups, mount)), io: containerIo(pid, mount) };
}

function groupUsage(groups: ControlGroups, mount: string): Omit<Usage, 'io'> {
  if (groups.version === 2) {
    const of = (file: string): string => read(join(mount, groups.path, file));
    const memory = of('memory.stat');
    return defined({
      cpuMs: scaled(field(of('cpu.stat'), 'usage_usec'), 1 / 1000),
      memoryBytes: workingSet(of('memory.current'), field(memory, 'inactive_file')),
      pageCacheBytes: scaled(field(memory, 'file'), 1),
    });
  }
  const of = (controller: string, file: string): string => {
    const path = groups.paths.get(controller);
    return path === undefined ? '' : read(join(mount, controller, path, file));
  };
  const cpu = of('cpuacct', 'cpuacct.usage');
  const memory = of('memory', 'memory.stat');
  return defined({
    cpuMs: cpu === '' ? undefined : Number(cpu) / 1e6,
    memoryBytes: workingSet(of('memory', 'memory.usage_in_bytes'), field(memory, 'total_inactive_file')),
    pageCacheBytes: scaled(field(memory, 'total_cache'), 1),
  });
}

function workingSet(current: string, droppable: string | undefined): number | undefined {
  return current === '' ? undefined : Math.max(0, Number(current) - Number(droppable ?? 0));
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
}

function scaled(digits: string | undefined, scale: number): number | undefined {
  return digits === undefined ? undefined : Number(digits) * scale;
}

function read(path: string): string {
  return readKernelFile(path) ?? '';
}
