import { release } from 'node:os';
import { join } from 'node:path';
import { allNetworkCounters, type IoCounters, type IoReading } from './io.ts';
import { readKernelFile } from './kernel-file.ts';

/** Where the kernel accounts for a process: one directory in version 2, one for each controller in version 1. */
export type ControlGroups = { version: 2; path: string } | { version: 1; paths: ReadonlyMap<string, string> };

export const groupsMount = '/sys/fs/cgroup';

/** @param text of /proc/PID/cgroup. @returns undefined when it names nothing that is accounted for */
export function controlGroupsOf(text: string): ControlGroups | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const unified = lines.find(([id, controllers]) => id === '0' && controllers === '')?.[2];
  const paths = new Map(
    lines.flatMap(([, controllers = '', path = '']) =>
      controllers
        .split(',')
        // What the root counts is the whole host's.
        .filter((name) => ['blkio', 'memory', 'cpuacct'].includes(name) && path !== '/')
        .map((name) => [name, path] as const),
    ),
  );
  if (paths.size > 0) return { version: 1, paths };
  return unified === undefined || unified === '/' ? undefined : { version: 2, path: unified };
}

/**
 * What a container moved since it came to be, by its control groups and its network namespace.
 * @param pid of its first process
 * @param mount where control groups are
 */
export function containerIo(pid: number, mount = groupsMount): IoReading {
  const groups = controlGroupsOf(readKernelFile(`/proc/${pid}/cgroup`) ?? '');
  const disk = groups === undefined ? {} : groupIo(groups, mount);
  return { ...disk, ...allNetworkCounters(readKernelFile(`/proc/${pid}/net/dev`) ?? '') };
}

/** What a group's processes moved to and from disks. */
export function groupIo(groups: ControlGroups, mount: string): IoReading {
  if (groups.version === 2) {
    const text = readKernelFile(join(mount, groups.path, 'io.stat'));
    return text === undefined ? {} : ioStat(text);
  }
  const path = groups.paths.get('blkio');
  if (path === undefined) return {};
  const of = (file: string): string => readKernelFile(join(mount, 'blkio', path, file)) ?? '';
  const bytes = of('blkio.throttle.io_service_bytes');
  return throttleIo(bytes, of('blkio.throttle.io_serviced'), countsUnthrottled(release()));
}

/** @param text of io.stat: a line for each device; none while nothing has been moved */
export function ioStat(text: string): IoCounters {
  const sum = (key: string): number =>
    [...text.matchAll(new RegExp(`\\b${key}=(\\d+)`, 'g'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    diskReadBytes: sum('rbytes'),
    diskWriteBytes: sum('wbytes'),
    diskReadOperations: sum('rios'),
    diskWriteOperations: sum('wios'),
  };
}

/**
 * @param bytes of blkio.throttle.io_service_bytes, empty without the controller
 * @param operations of blkio.throttle.io_serviced, likewise
 * @param countsAll whether every disk is counted, throttled or not
 */
export function throttleIo(bytes: string, operations: string, countsAll: boolean): IoReading {
  const sum = (text: string, kind: string): number =>
    [...text.matchAll(new RegExp(`^\\d+:\\d+ ${kind} (\\d+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  if (bytes === '' && operations === '') return {};
  // A group that has never touched a disk has the total alone.
  const hasLines = /^\d+:\d+ /m.test(bytes + operations);
  return {
    ...(bytes === '' ? {} : { diskReadBytes: sum(bytes, 'Read'), diskWriteBytes: sum(bytes, 'Write') }),
    ...(operations === ''
      ? {}
      : { diskReadOperations: sum(operations, 'Read'), diskWriteOperations: sum(operations, 'Write') }),
    ...(hasLines || countsAll ? {} : { mayMissDisks: true }),
  };
}

/**
 * Since Linux 6.10, version 1 counts what goes to a disk only once something throttles that disk; a group then has
 * the line `Total 0` alone, as one that has never touched a disk.
 * @param kernel its release, such as `6.1.0-25-amd64`
 */
export function countsUnthrottled(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return major < 6 || (major === 6 && minor < 10);
}
