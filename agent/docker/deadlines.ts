import { ParbakeError } from '../../proto/errors/errors.ts';
import { dockerError } from './errors.ts';
import { asError } from '../../proto/errors/cause.ts';

/** Every time limit on Docker Engine calls, in milliseconds, with its reason. */
export const dockerDeadlines = {
  /** Ping, version, info: answered from memory, but by a daemon that may be busy loading layers. */
  info: 10_000,
  /** Lists and inspections: read from the Engine's own store. */
  inspect: 10_000,
  /** One HEAD request from the Engine to a registry, perhaps with a token request before it. */
  resolve: 30_000,
  tag: 10_000,
  /** The first answer to a pull comes once the registry was asked for the manifest. */
  pullStart: 60_000,
  /** Longest silence in a pull: one layer's extraction on a slow disk reports at least every few seconds. */
  pullSilence: 60_000,
  /** Creating a container makes its layer; on a lazily loaded volume that reads cold blocks. */
  create: 30_000,
  /** Starting makes namespaces and reads the image's first blocks, cold in the worst case. */
  start: 60_000,
  /** The container's grace period is added to this. */
  stop: 15_000,
  /** Removal deletes the container's layer. */
  remove: 30_000,
  /** Reads every volume's and layer's size from the disk. */
  usage: 120_000,
  /** Deletes every layer of the build cache. */
  prune: 300_000,
  /** An Engine with graph drivers copies all layers of an image before it sends the first byte. */
  save: 1_800_000,
  /** The gate asks the metadata service four times, up to 2 s each. */
  once: 20_000,
  /** Opening a log stream, not reading it. */
  logs: 10_000,
} as const;

/**
 * Makes one Engine call within `ms` milliseconds, and gives the call a signal to stop it by.
 * @param what the call in words, such as `create container "app"`
 * @throws ParbakeError DOCKER_UNAVAILABLE when it takes longer, otherwise see `dockerError`; the signal's
 *   reason when the signal aborts
 */
export async function withDeadline<T>(
  what: string,
  ms: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const late = new ParbakeError(
    'DOCKER_UNAVAILABLE',
    `cannot ${what}: Docker did not answer within ${ms / 1000} s`,
  );
  return await new Promise<T>((resolve, reject) => {
    const end = (reason: unknown): void => {
      settle();
      reject(asError(reason));
      controller.abort();
    };
    const onAbort = (): void => end(signal.reason);
    const timer = setTimeout(() => end(late), ms);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // The client library may never settle a call whose answer was cut off, hence the race.
    call(controller.signal).then(
      (value) => {
        settle();
        resolve(value);
      },
      (cause: unknown) => {
        settle();
        reject(dockerError(cause, what));
      },
    );
  });
}
