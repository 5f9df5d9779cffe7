import { open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { fileSystemIdentity, superblockBytes, type FileSystemIdentity } from '../core/replay/superblock.ts';
import type { TracedDevice } from '../core/replay/trace.ts';

/** A block device with a file system on it. */
export interface FileSystemDevice extends FileSystemIdentity {
  /** Path, such as `/dev/nvme0n1p1`. */
  path: string;
  /** Numbers of the partition or disk that has the file system. */
  major: number;
  minor: number;
  /** The disk as traces name it; absent for stacked devices (LVM, RAID), whose blocks lie elsewhere. */
  traced?: TracedDevice | undefined;
  /** Mount point of its root; absent when it is not mounted. */
  mountPoint?: string | undefined;
}

/** The kernel counts in sectors of this many bytes, whatever the disk uses. */
const sectorBytes = 512;

/**
 * Finds the device behind a directory.
 * @throws ParbakeError DEVICE_UNKNOWN, FILE_UNREADABLE
 */
export async function deviceOf(directory: string): Promise<FileSystemDevice> {
  const { dev } = await stat(directory).catch((cause: unknown) => {
    throw new ParbakeError('FILE_UNREADABLE', `cannot look at ${directory}: ${reasonOf(cause)}`, { cause });
  });
  return await describe(dev, `the file system of ${directory}`);
}

/** @param path of a block device. @throws ParbakeError DEVICE_UNKNOWN */
export async function deviceAt(path: string): Promise<FileSystemDevice> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isBlockDevice())
    throw new ParbakeError('DEVICE_UNKNOWN', `${path} is not a block device`);
  return { ...(await describe(found.rdev, path)), path };
}

async function describe(dev: number, what: string): Promise<FileSystemDevice> {
  const { major, minor } = numbersOf(dev);
  const system = await realpath(`/sys/dev/block/${major}:${minor}`).catch(() => undefined);
  const uevent = system === undefined ? '' : await read(join(system, 'uevent'));
  const name = /^DEVNAME=(.+)$/m.exec(uevent)?.[1];
  if (system === undefined || name === undefined)
    throw new ParbakeError('DEVICE_UNKNOWN', `${what} lies on no block device`);
  const path = `/dev/${name}`;
  const identity = await identify(path, what);
  const traced = await tracedDevice(system, major, minor);
  const mountPoint = mountPointOf(await read('/proc/self/mountinfo'), major, minor);
  return {
    path,
    major,
    minor,
    ...identity,
    traced,
    mountPoint,
  };
}

async function identify(path: string, what: string): Promise<FileSystemIdentity> {
  const start = Buffer.alloc(superblockBytes);
  try {
    const device = await open(path, 'r');
    try {
      await device.read(start, 0, start.length, 0);
    } finally {
      await device.close();
    }
  } catch (cause) {
    throw new ParbakeError('DEVICE_UNKNOWN', `${what}: cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  const identity = fileSystemIdentity(start);
  if (identity !== undefined) return identity;
  throw new ParbakeError('DEVICE_UNKNOWN', `${what}: ${path} has neither ext2, ext3, ext4 nor XFS on it`);
}

/** The kernel issues the requests of a partition to its disk. */
async function tracedDevice(system: string, major: number, minor: number): Promise<TracedDevice | undefined> {
  const [partition, start, size, slaves] = await Promise.all([
    read(join(system, 'partition')),
    read(join(system, 'start')),
    read(join(system, 'size')),
    read(join(system, 'dm/uuid')).then(async (dm) => dm + (await read(join(system, 'md/level')))),
  ]);
  if (slaves !== '') return undefined;
  const sizeBytes = Number(size) * sectorBytes;
  if (partition === '') return { major, minor, startBytes: 0, sizeBytes };
  const [diskMajor, diskMinor] = (await read(join(dirname(system), 'dev'))).trim().split(':').map(Number);
  if (diskMajor === undefined || diskMinor === undefined) return undefined;
  return { major: diskMajor, minor: diskMinor, startBytes: Number(start) * sectorBytes, sizeBytes };
}

/** @param mountinfo text of /proc/self/mountinfo. @returns where the file system's own root is mounted */
function mountPointOf(mountinfo: string, major: number, minor: number): string | undefined {
  const points = mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , device, root]) => device === `${major}:${minor}` && root === '/')
    .map(([, , , , point = '']) => unescapeMount(point));
  return points.sort((a, b) => a.length - b.length)[0];
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}

/** Splits a device number as glibc does. */
function numbersOf(dev: number): { major: number; minor: number } {
  const wide = BigInt(dev);
  const major = Number(((wide >> 8n) & 0xfffn) | ((wide >> 32n) & 0xfffff000n));
  return { major, minor: Number((wide & 0xffn) | ((wide >> 12n) & 0xffffff00n)) };
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
