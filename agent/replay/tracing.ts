import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import {
  access,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  readlink,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayDeadlines } from './deadlines.ts';
import { runProgram } from './program.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** The result of a trace. */
export interface Trace {
  /** Lines of the trace, oldest first. */
  text: string;
  /** Number of events that the kernel dropped. */
  lost: number;
}

/** The kernel's tracing in an instance of its own, independent of any other tracing. */
export interface Tracing {
  /**
   * Says what will be traced: reads of a disk (`block_rq_issue`), and what of a file system's files comes into memory.
   * @throws Error when this kernel does not have these events
   */
  prepare(disk: DeviceNumbers | undefined, fileSystem: DeviceNumbers): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<Trace>;
  /** Removes the instance, and tracefs if it was mounted for it. */
  close(): Promise<void>;
}

interface DeviceNumbers {
  major: number;
  minor: number;
}

/** Tracing that is armed for one start, whenever it comes. */
export interface StartTracing extends Tracing {
  /** Directory of the instance, for the reader. */
  readonly directory: string;
  /** Whether it also sees what is read from memory. */
  seesUse(): Promise<boolean>;
  /** Does what `start` does, on the path of an order: it takes some ten microseconds. */
  startNow(): void;
  stopNow(): void;
}

const instancePrefix = 'parbake-';
/** Buffer for each processor. An event takes some 60 bytes, and the start of a large application causes some 10,000. */
const bufferKilobytes = 8192;
/** The buffer on an instance is smaller, because the memory is its user's. */
const startBufferKilobytes = 2048;
const readEvent = 'filemap/mm_filemap_add_to_page_cache';
/** Recent kernels have these events, such as 6.18; 6.1 does not. */
const useEvents = ['get_pages', 'map_pages', 'fault'].map((name) => `filemap/mm_filemap_${name}`);

/**
 * Opens tracefs where it is mounted, or mounts it for this one use.
 * @param id of the instance, unique on this machine
 * @returns the reason as text when the kernel or our rights do not allow tracing
 */
export async function openTracing(id: string): Promise<Tracing | string> {
  return await openInstance(id);
}

/**
 * Opens tracing for one start on an instance. One that an earlier run of the agent left is removed.
 * @param id the same for each run of the agent
 * @returns why there is none, as text
 */
export async function openStartTracing(
  id: string,
  disk: DeviceNumbers | undefined,
  fileSystem: DeviceNumbers,
): Promise<StartTracing | string> {
  const tracing = await openInstance(id);
  if (typeof tracing === 'string') return tracing;
  try {
    await tracing.prepare(disk, fileSystem, startBufferKilobytes);
    await tracing.prepareUse(fileSystem);
    return tracing;
  } catch (cause) {
    await tracing.close();
    return `the kernel cannot trace reads: ${firstLineOf(cause)}`;
  }
}

/** Reads out what another process traced. @param directory of its instance */
export function attachTracing(directory: string): Pick<StartTracing, 'seesUse' | 'stop'> {
  return new TracefsInstance(directory, async () => {});
}

async function openInstance(id: string): Promise<TracefsInstance | string> {
  let mounted: { directory: string; release(): Promise<void> };
  try {
    mounted = await mountedTracefs();
  } catch (cause) {
    return `tracefs cannot be mounted: ${firstLineOf(cause)}`;
  }
  try {
    const instance = join(mounted.directory, 'instances', `${instancePrefix}${id}`);
    await rmdir(instance).catch(() => {});
    await mkdir(instance);
    return new TracefsInstance(instance, () => mounted.release());
  } catch (cause) {
    await mounted.release();
    return `tracefs cannot be used: ${firstLineOf(cause)}`;
  }
}

class TracefsInstance implements StartTracing {
  readonly directory: string;
  readonly #release: () => Promise<void>;

  constructor(directory: string, release: () => Promise<void>) {
    this.directory = directory;
    this.#release = release;
  }

  async prepare(
    disk: DeviceNumbers | undefined,
    fileSystem: DeviceNumbers,
    kilobytes = bufferKilobytes,
  ): Promise<void> {
    await this.#set('tracing_on', '0');
    await this.#set('buffer_size_kb', String(kilobytes));
    // When the buffer is full, the first events are worth more.
    await this.#set('options/overwrite', '0');
    await this.#set('trace', '');
    if (disk !== undefined) await this.#enable('block/block_rq_issue', `dev == ${kernelNumber(disk)}`);
    await this.#enable(readEvent, `s_dev == ${kernelNumber(fileSystem)}`);
  }

  /** Nothing where the kernel does not have these events. */
  async prepareUse(fileSystem: DeviceNumbers): Promise<void> {
    if (!(await this.#has(useEvents))) return;
    for (const event of useEvents) await this.#enable(event, `s_dev == ${kernelNumber(fileSystem)}`);
  }

  async seesUse(): Promise<boolean> {
    return await this.#has(useEvents);
  }

  startNow(): void {
    writeFileSync(join(this.directory, 'tracing_on'), '1');
  }

  stopNow(): void {
    writeFileSync(join(this.directory, 'tracing_on'), '0');
  }

  async #has(events: readonly string[]): Promise<boolean> {
    const looked = events.map((event) => access(join(this.directory, 'events', event)));
    return (await Promise.allSettled(looked)).every(({ status }) => status === 'fulfilled');
  }

  async start(): Promise<void> {
    await this.#set('tracing_on', '1');
  }

  async stop(): Promise<Trace> {
    await this.#set('tracing_on', '0');
    const text = await this.#read('trace');
    const processors = await readdir(join(this.directory, 'per_cpu'));
    const stats = await Promise.all(processors.map((name) => this.#read(`per_cpu/${name}/stats`)));
    const lost = stats
      .flatMap((one) => [...one.matchAll(/^(?:overrun|dropped events): (\d+)$/gm)])
      .reduce((sum, [, count]) => sum + Number(count), 0);
    return { text, lost };
  }

  async close(): Promise<void> {
    // An instance is a directory of virtual files: it goes with rmdir, full as it is.
    await rmdir(this.directory).catch(() => {});
    await this.#release();
  }

  async #enable(event: string, filter: string): Promise<void> {
    await this.#set(`events/${event}/filter`, filter);
    await this.#set(`events/${event}/enable`, '1');
  }

  async #set(name: string, value: string): Promise<void> {
    await writeFile(join(this.directory, name), value);
  }

  /** These files have no size: they are read to their end. */
  async #read(name: string): Promise<string> {
    const file = await open(join(this.directory, name), 'r');
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  }
}

/** Where systemd and most distributions mount tracefs. A mount elsewhere may vanish at any time. */
const usualPlaces = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

async function mountedTracefs(): Promise<{ directory: string; release(): Promise<void> }> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const points = mounts.filter(([, , type]) => type === 'tracefs').map(([, point = '']) => point);
  for (const directory of usualPlaces.filter((place) => points.includes(place))) {
    const isUsable = await access(join(directory, 'instances'), constants.W_OK).then(
      () => true,
      () => false,
    );
    if (isUsable) return { directory, release: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 'parbake-tracefs-'));
  try {
    await runProgram('mount', ['-t', 'tracefs', 'tracefs', directory], replayDeadlines.mountMs);
    // Held by an open directory only, so that it goes with this process, however that ends.
    const held = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    await runProgram('umount', ['--lazy', directory], replayDeadlines.mountMs);
    // Another process must be able to read it too.
    const self = await readlink('/proc/self');
    return { directory: `/proc/${self}/fd/${held}`, release: async () => closeSync(held) };
  } finally {
    // Not recursive: were it still mounted, the kernel's files would be below it.
    await rmdir(directory).catch(() => {});
  }
}

/** Encodes a device number as the kernel does. */
function kernelNumber({ major, minor }: DeviceNumbers): number {
  return major * 2 ** 20 + minor;
}

function firstLineOf(cause: unknown): string {
  return reasonOf(cause).split('\n')[0] ?? '';
}
