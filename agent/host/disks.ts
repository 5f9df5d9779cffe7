import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unescapeMount } from './mounts.ts';

/**
 * The whole disks that a directory lies on, such as `nvme0n1`: partitions and logical volumes of one disk are imaged together.
 * @returns undefined where that cannot be told, such as for a file system in memory
 */
export async function disksOf(directory: string): Promise<ReadonlySet<string> | undefined> {
  const path = await realpath(directory).catch(() => directory);
  const mount = mountOf(await readFile('/proc/self/mountinfo', 'utf8'), path);
  const numbers = mount === undefined || mount.device.startsWith('0:') ? undefined : mount.device;
  // Btrfs has device numbers of its own, and names the disk it is on as its source.
  const device =
    numbers === undefined
      ? await blockDevice(mount?.source ?? '')
      : await systemPath(`/sys/dev/block/${numbers}`);
  if (device === undefined) return undefined;
  const disks = await wholeDisks(device);
  return disks.length === 0 ? undefined : new Set(disks);
}

interface Mount {
  point: string;
  /** Numbers of its device, `major:minor`. */
  device: string;
  source: string;
}

/** The last mount at the deepest point above a path. */
function mountOf(mountinfo: string, path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , device = '', , at = ''] = before.split(' ');
    const point = unescapeMount(at);
    const isAbove = path === point || path.startsWith(point === '/' ? '/' : `${point}/`);
    if (point === '' || !isAbove || point.length < (found?.point.length ?? 0)) continue;
    found = { point, device, source: unescapeMount(after.split(' ')[1] ?? '') };
  }
  return found;
}

async function blockDevice(source: string): Promise<string | undefined> {
  if (!source.startsWith('/dev/')) return undefined;
  const name = basename(await realpath(source).catch(() => source));
  return await systemPath(`/sys/class/block/${name}`);
}

async function systemPath(link: string): Promise<string | undefined> {
  return await realpath(link).catch(() => undefined);
}

async function wholeDisks(device: string): Promise<string[]> {
  const slaves = await readdir(join(device, 'slaves')).catch(() => []);
  if (slaves.length > 0) {
    const below = await Promise.all(slaves.map((slave) => realpath(join(device, 'slaves', slave))));
    return (await Promise.all(below.map(wholeDisks))).flat();
  }
  const isPartition = (await stat(join(device, 'partition')).catch(() => undefined)) !== undefined;
  return [basename(isPartition ? dirname(device) : device)];
}
