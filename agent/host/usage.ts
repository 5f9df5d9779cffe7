import { join } from 'node:path';
import { containerIo, controlGroupsOf, groupsMount, type ControlGroups } from './container-io.ts';
import { readIo, type IoReading } from './io.ts';
import { readKernelFile } from './kernel-file.ts';

/** Counters since boot, and levels of this moment; absent when the source cannot be read. */
export interface Usage {
  io: IoReading;
  /** Processor time of all cores. */
  cpuMs?: number;
  memoryBytes?: number;
  pageCacheBytes?: number;
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
  const cached = bytes('Cached');
  return {
    ...(total === undefined || available === undefined ? {} : { memoryBytes: total - available }),
    ...(cached === undefined ? {} : { pageCacheBytes: cached }),
  };
}

/** @param text of /proc/pressure/io */
export function pressureStall(text: string): Pick<Usage, 'ioStallMs'> {
  const microseconds = /^some .*total=(\d+)$/m.exec(text)?.[1];
  return microseconds === undefined ? {} : { ioStallMs: Number(microseconds) / 1000 };
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
    return {
      ...stat('cpuMs', of('cpu.stat'), 'usage_usec', 1 / 1000),
      ...workingSet(of('memory.current'), field(memory, 'inactive_file')),
      ...stat('pageCacheBytes', memory, 'file', 1),
    };
  }
  const of = (controller: string, file: string): string => {
    const path = groups.paths.get(controller);
    return path === undefined ? '' : read(join(mount, controller, path, file));
  };
  const cpu = of('cpuacct', 'cpuacct.usage');
  const memory = of('memory', 'memory.stat');
  return {
    ...(cpu === '' ? {} : { cpuMs: Number(cpu) / 1e6 }),
    ...workingSet(of('memory', 'memory.usage_in_bytes'), field(memory, 'total_inactive_file')),
    ...stat('pageCacheBytes', memory, 'total_cache', 1),
  };
}

function workingSet(current: string, droppable: number | undefined): Pick<Usage, 'memoryBytes'> {
  return current === '' ? {} : { memoryBytes: Math.max(0, Number(current) - (droppable ?? 0)) };
}

function field(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

function stat<K extends keyof Usage>(
  key: K,
  text: string,
  name: string,
  scale: number,
): { [P in K]?: number } {
  const value = field(text, name);
  return (value === undefined ? {} : { [key]: value * scale }) as { [P in K]?: number };
}

function read(path: string): string {
  return readKernelFile(path) ?? '';
}
