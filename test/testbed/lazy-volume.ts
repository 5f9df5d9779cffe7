import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';
import type { LazyModel, LazyState } from './lazy-volume-disk.ts';
import type { Order } from './lazy-volume-server.ts';
import { waitFor } from './wait.ts';

export type { LazyModel, LazyState } from './lazy-volume-disk.ts';

/**
 * A disk that is loaded lazily, as an EBS volume from a snapshot is. A model: no jitter, no tail, and no filling in the
 * background. Populate it, `snapshot()`, then `reset()` as often as a new disk is wanted.
 */
export interface LazyVolume {
  readonly model: LazyModel;
  /** The disk as a file, for those who do not mount it. */
  readonly file: string;
  /** Where its file system is mounted. */
  readonly directory: string;
  /** Makes a new file system, only before the snapshot. */
  format(): Promise<void>;
  /** @returns the block device, such as /dev/loop0, which exists while it is mounted */
  mount(): Promise<string>;
  /** Also drops every page that was cached of it. Waits until nobody else holds it either. */
  unmount(): Promise<void>;
  /** Ends the time in which it is an ordinary disk. Must be unmounted. */
  snapshot(): Promise<void>;
  /** A new disk from the snapshot: cold, and without what was written since. Must be unmounted. */
  reset(): Promise<void>;
  /** Makes reads of these chunks fail. */
  breakChunks(chunks: readonly number[]): Promise<void>;
  /** Makes first touches slower or faster. @param firstTouchMs milliseconds */
  pace(firstTouchMs: number): Promise<void>;
  state(): Promise<LazyState>;
  /** May be called twice. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
const defaults: LazyModel = {
  sizeBytes: 1024 * mebibyte,
  chunkBytes: 512 * 1024,
  firstTouchMs: 20,
  bytesPerSecond: 140e6,
};

/** Why there can be none here; undefined when there can. */
export function lazyVolumeMissing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const devices = ['/dev/fuse', '/dev/loop-control'].filter((path) => !existsSync(path));
  return devices.length === 0 ? undefined : `needs ${devices.join(', ')}`;
}

/** @param directory that is made, on a file system with room for the volume twice */
export async function createLazyVolume(
  directory: string,
  options: Partial<LazyModel> = {},
): Promise<LazyVolume> {
  const model = { ...defaults, ...options };
  const file = join(directory, 'disk');
  const mountPoint = join(directory, 'mounted');
  mkdirSync(mountPoint, { recursive: true });
  writeFileSync(file, '');
  // An Engine's mount namespace that is made while something is mounted below has a copy of it: that goes with ours.
  await command('mount', ['--bind', directory, directory]);
  await command('mount', ['--make-shared', directory]);
  const server = await startServer(directory, file, model);
  const isMounted = (): boolean => mountedAt(mountPoint);
  const requireUnmounted = (): void => {
    if (isMounted()) throw new Error(`${mountPoint} is mounted`);
  };
  const unmount = async (): Promise<void> => {
    let busy: unknown;
    const isFree = async (): Promise<boolean> => {
      if (!isMounted()) return true;
      await command('umount', ['--recursive', mountPoint]).catch((cause: unknown) => (busy = cause));
      return !isMounted();
    };
    // Processes that were killed hold it until they are gone altogether, which is later than they can be seen.
    await waitFor(`${mountPoint} to be let go`, isFree).catch((cause: unknown) => {
      throw busy ?? cause;
    });
    await waitFor(`the loop device of ${file} to go`, () => loopsOf(file).length === 0);
  };
  const close = async (): Promise<void> => {
    await unmount();
    await server.close();
    await command('umount', [directory]);
    rmSync(directory, { recursive: true, force: true });
  };
  let closing: Promise<void> | undefined;
  return {
    model,
    file,
    directory: mountPoint,
    async format() {
      requireUnmounted();
      // Nothing is left to be written later by the kernel: what is in the snapshot stays as it is.
      const lazy = 'lazy_itable_init=0,lazy_journal_init=0,nodiscard';
      await command('mkfs.ext4', ['-q', '-F', '-b', '4096', '-E', lazy, file]);
    },
    async mount() {
      requireUnmounted();
      const attach = ['--find', '--show', '--direct-io=on', '--sector-size', '4096', file];
      const device = (await command('losetup', attach)).trim();
      try {
        // A loop device keeps what it took over from an earlier file's disk; EBS volumes have the kernel's default.
        writeFileSync(`/sys/block/${basename(device)}/queue/read_ahead_kb`, '128');
        await command('mount', ['-o', 'noatime', device, mountPoint]);
      } finally {
        // The kernel detaches it when its last user ends, however that happens.
        await command('losetup', ['--detach', device]);
      }
      return device;
    },
    unmount,
    async snapshot() {
      requireUnmounted();
      await server.order({ kind: 'snapshot' });
    },
    async reset() {
      requireUnmounted();
      await server.order({ kind: 'reset' });
    },
    breakChunks: async (chunks) => void (await server.order({ kind: 'break', chunks: [...chunks] })),
    pace: async (firstTouchMs) => void (await server.order({ kind: 'pace', firstTouchMs })),
    state: async () => (await server.order({ kind: 'state' })) as LazyState,
    close: () => (closing ??= close()),
  };
}

type OrderBody = Order extends infer One ? (One extends Order ? Omit<One, 'id'> : never) : never;

async function startServer(directory: string, file: string, model: LazyModel) {
  const program = fileURLToPath(new URL('lazy-volume-server.ts', import.meta.url));
  const log = openSync(join(directory, 'server.log'), 'a');
  const backing = join(directory, 'snapshot');
  const child = spawn(process.execPath, [program, backing, file, JSON.stringify(model)], {
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(cause: Error): void }>();
  const fail = (): void => {
    const text = readFileSync(join(directory, 'server.log'), 'utf8').trim();
    for (const one of waiting.values()) one.reject(new Error(`the lazy volume's server ended: ${text}`));
    waiting.clear();
  };
  child.on('exit', fail);
  child.on('error', fail);
  child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(error));
  });
  const answer = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  let count = 0;
  await answer(0);
  const order = (body: OrderBody): Promise<unknown> => {
    const id = ++count;
    const answered = answer(id);
    child.send({ ...body, id });
    return answered;
  };
  return {
    order,
    async close() {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      await order({ kind: 'close' }).catch(() => {});
      child.disconnect();
      await ended;
    },
  };
}

function mountedAt(mountPoint: string): boolean {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.some((line) => line.split(' ')[4] === mountPoint);
}

/** Loop devices over a file; those whose name was cut or decorated by the kernel count too. */
function loopsOf(file: string): string[] {
  return readdirSync('/sys/block').filter((name) => {
    const backing = `/sys/block/${name}/loop/backing_file`;
    return name.startsWith('loop') && existsSync(backing) && readBacking(backing).startsWith(file);
  });
}

function readBacking(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // It went between the two looks.
    return '';
  }
}
