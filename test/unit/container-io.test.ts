import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ioBetween } from '../../agent/host/io.ts';
import {
  containerIo,
  controlGroupsOf,
  countsUnthrottled,
  groupIo,
  ioStat,
  throttleIo,
} from '../../agent/host/container-io.ts';

let mount: string;
beforeEach(() => void (mount = mkdtempSync(join(tmpdir(), 'groups-'))));
afterEach(() => rmSync(mount, { recursive: true }));

const none = { diskReadBytes: 0, diskWriteBytes: 0, diskReadOperations: 0, diskWriteOperations: 0 };

test('control groups of both versions are found, and a process at the root has none of its own', () => {
  const first = '12:blkio:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n0::/\n';
  expect(controlGroupsOf(first)).toEqual({
    version: 1,
    paths: new Map([
      ['blkio', '/docker/abc'],
      ['cpuacct', '/docker/abc'],
      ['memory', '/docker/abc'],
    ]),
  });
  expect(controlGroupsOf('0::/system.slice/docker-abc.scope\n')).toEqual({
    version: 2,
    path: '/system.slice/docker-abc.scope',
  });
  expect(controlGroupsOf('7:blkio:/\n3:memory:/docker/abc\n0::/\n')).toEqual({
    version: 1,
    paths: new Map([['memory', '/docker/abc']]),
  });
  expect(controlGroupsOf('7:blkio:/\n0::/\n')).toBeUndefined();
  expect(controlGroupsOf('0::/\n')).toBeUndefined();
  expect(controlGroupsOf('')).toBeUndefined();
});

test('a container moved what it moved on all devices together', () => {
  const expected = { diskReadBytes: 30, diskWriteBytes: 7, diskReadOperations: 3, diskWriteOperations: 1 };
  expect(
    ioStat('8:0 rbytes=10 wbytes=7 rios=1 wios=1 dbytes=0\n8:16 rbytes=20 wbytes=0 rios=2 wios=0\n'),
  ).toEqual(expected);
  const bytes = '8:0 Read 10\n8:0 Write 7\n8:0 Sync 17\n8:16 Read 20\nTotal 37\n';
  const operations = '8:0 Read 3\n8:0 Write 1\nTotal 4\n';
  expect(throttleIo(bytes, operations, true)).toEqual(expected);
  expect(throttleIo(bytes, operations, false)).toEqual(expected);
  expect(throttleIo('', '', true)).toEqual({});
});

test('a group of version 1 that has no line has moved nothing where every disk is counted, else nothing is known', () => {
  expect(throttleIo('Total 0\n', '', true)).toEqual({ diskReadBytes: 0, diskWriteBytes: 0 });
  const uncounted = throttleIo('Total 0\n', 'Total 0\n', false);
  expect(uncounted).toEqual({ ...none, mayMissDisks: true });
  const later = throttleIo('8:0 Read 10\n8:0 Write 7\n', '8:0 Read 1\n8:0 Write 1\n', false);
  // Zeros that nothing followed may be nobody's count; what was counted later was moved later.
  expect(ioBetween(uncounted, uncounted)).toEqual({});
  expect(ioBetween(uncounted, later)).toMatchObject({ diskReadBytes: 10, diskWriteBytes: 7 });
  expect(
    ['4.19.0-26', '5.10.0-32-amd64', '6.9.12', '6.10.0', '6.18.44', '7.0.1'].map(countsUnthrottled),
  ).toEqual([true, true, true, false, false, false]);
});

test('a group of version 2 is read from its one directory, and has moved nothing while its file is empty', () => {
  const groups = { version: 2, path: '/system.slice/docker-abc.scope' } as const;
  expect(groupIo(groups, mount)).toEqual({});
  const directory = join(mount, groups.path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'io.stat'), '');
  expect(groupIo(groups, mount)).toEqual(none);
  writeFileSync(join(directory, 'io.stat'), '259:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n');
  expect(groupIo(groups, mount)).toEqual({ ...none, diskReadBytes: 4096, diskReadOperations: 1 });
});

test('a group of version 1 is read from its controller of disks', () => {
  const groups = { version: 1, paths: new Map([['blkio', '/docker/abc']]) } as const;
  expect(groupIo(groups, mount)).toEqual({});
  expect(groupIo({ version: 1, paths: new Map([['memory', '/docker/abc']]) }, mount)).toEqual({});
  const directory = join(mount, 'blkio/docker/abc');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'blkio.throttle.io_service_bytes'), '8:0 Read 0\n8:0 Write 512\nTotal 512\n');
  expect(groupIo(groups, mount)).toEqual({ diskReadBytes: 0, diskWriteBytes: 512 });
  writeFileSync(join(directory, 'blkio.throttle.io_serviced'), 'Total 0\n');
  expect(groupIo(groups, mount)).toEqual({ ...none, diskWriteBytes: 512 });
});

test('a process that is gone moved nothing that anybody knows, one without a group has its network', () => {
  expect(containerIo(2 ** 30)).toEqual({});
  // Whatever group this test runs in, there is none of that name there.
  const own = containerIo(process.pid, mount);
  expect(Object.keys(own).filter((name) => name.startsWith('disk'))).toEqual([]);
});
