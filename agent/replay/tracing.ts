import { access, mkdir, mkdtemp, open, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayDeadlines } from './deadlines.ts';
import { runProgram } from './program.ts';

/** What the kernel traced. */
export interface Trace {
  /** Lines of the trace, oldest first. */
  text: string;
  /** Events that found no room. */
  lost: number;
}

/** The kernel's tracing in an instance of its own, which nobody else's tracing sees. */
export interface Tracing {
  /**
   * Says what will be traced: reads of a disk (`block_rq_issue`), and what of a file system's files comes into memory.
   * @throws Error when this kernel does not have these events
   */
  prepare(disk: DeviceNumbers | undefined, fileSystem: DeviceNumbers): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<Trace>;
  /** Removes the instance, and the mount when it was made for it. */
  close(): Promise<void>;
}

interface DeviceNumbers {
  major: number;
  minor: number;
}

const instancePrefix = 'parbake-';
/** Per processor. An event takes some 60 bytes, and the start of a large application causes some 10,000. */
const bufferKilobytes = 8192;

/**
 * Opens tracefs where it is mounted, or mounts it for this one use.
 * @param id of the instance, unique on this machine
 * @returns why there is no tracing, as text, when the kernel or our rights do not allow it
 */
export async function openTracing(id: string): Promise<Tracing | string> {
  let mounted: { directory: string; release(): Promise<void> };
  try {
    mounted = await mountedTracefs();
  } catch (cause) {
    return `tracefs cannot be mounted: ${reasonOf(cause)}`;
  }
  try {
    const instance = join(mounted.directory, 'instances', `${instancePrefix}${id}`);
    await mkdir(instance);
    return new TracefsInstance(instance, () => mounted.release());
  } catch (cause) {
    await mounted.release();
    return `tracefs cannot be used: ${reasonOf(cause)}`;
  }
}

class TracefsInstance implements Tracing {
  readonly #directory: string;
  readonly #release: () => Promise<void>;

  constructor(directory: string, release: () => Promise<void>) {
    this.#directory = directory;
    this.#release = release;
  }

  async prepare(disk: DeviceNumbers | undefined, fileSystem: DeviceNumbers): Promise<void> {
    await this.#set('tracing_on', '0');
    await this.#set('buffer_size_kb', String(bufferKilobytes));
    // When there is no room, what came first is worth more.
    await this.#set('options/overwrite', '0');
    await this.#set('trace', '');
    if (disk !== undefined) await this.#enable('block/block_rq_issue', `dev == ${kernelNumber(disk)}`);
    const filemap = 'filemap/mm_filemap_add_to_page_cache';
    await this.#enable(filemap, `s_dev == ${kernelNumber(fileSystem)}`);
  }

  async start(): Promise<void> {
    await this.#set('tracing_on', '1');
  }

  async stop(): Promise<Trace> {
    await this.#set('tracing_on', '0');
    const text = await this.#read('trace');
    const processors = await readdir(join(this.#directory, 'per_cpu'));
    const stats = await Promise.all(processors.map((name) => this.#read(`per_cpu/${name}/stats`)));
    const lost = stats
      .flatMap((one) => [...one.matchAll(/^(?:overrun|dropped events): (\d+)$/gm)])
      .reduce((sum, [, count]) => sum + Number(count), 0);
    return { text, lost };
  }

  async close(): Promise<void> {
    // An instance is a directory of virtual files: it goes with rmdir, full as it is.
    await rmdir(this.#directory).catch(() => {});
    await this.#release();
  }

  async #enable(event: string, filter: string): Promise<void> {
    await this.#set(`events/${event}/filter`, filter);
    await this.#set(`events/${event}/enable`, '1');
  }

  async #set(name: string, value: string): Promise<void> {
    await writeFile(join(this.#directory, name), value);
  }

  /** These files have no size: they are read to their end. */
  async #read(name: string): Promise<string> {
    const file = await open(join(this.#directory, name), 'r');
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  }
}

async function mountedTracefs(): Promise<{ directory: string; release(): Promise<void> }> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const points = mounts.filter(([, , type]) => type === 'tracefs').map(([, point = '']) => point);
  for (const directory of points) {
    const isUsable = await access(join(directory, 'instances')).then(
      () => true,
      () => false,
    );
    if (isUsable) return { directory, release: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 'parbake-tracefs-'));
  const release = async (): Promise<void> => {
    await runProgram('umount', [directory], replayDeadlines.mountMs).catch(() => {});
    // Not recursive: were it still mounted, the kernel's files would be below it.
    await rmdir(directory).catch(() => {});
  };
  try {
    await runProgram('mount', ['-t', 'tracefs', 'tracefs', directory], replayDeadlines.mountMs);
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw cause;
  }
  return { directory, release };
}

/** As the kernel keeps a device number. */
function kernelNumber({ major, minor }: DeviceNumbers): number {
  return major * 2 ** 20 + minor;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
}
