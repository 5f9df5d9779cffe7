import { Readable } from 'node:stream';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { asError } from '../../proto/errors/cause.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { dockerError } from './errors.ts';

export interface StreamReading {
  client: DockerClient;
  /** The call in words, such as `read the layers of IMAGE`. */
  what: string;
  /** Longest silence of the Engine, milliseconds. */
  silenceMs: number;
  signal: AbortSignal;
}

/**
 * Reads a stream of the Engine's to its end.
 * @throws ParbakeError DOCKER_UNAVAILABLE when the Engine falls silent, otherwise as `dockerError` says; the signal's reason when
 *   it aborts
 */
export async function readStream<T>(
  reading: StreamReading,
  open: () => Promise<NodeJS.ReadableStream>,
  read: (bytes: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const { what, signal } = reading;
  try {
    const opened = await opening(reading, open);
    const stream = opened instanceof Readable ? opened : Readable.from(opened as AsyncIterable<Buffer>);
    try {
      return await read(chunksOf(stream, reading));
    } finally {
      stream.destroy();
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  }
}

/**
 * Waits for the first byte. An Engine with graph drivers makes a copy of all layers first, which takes long; meanwhile it
 * answers other requests, as long as it works.
 */
async function opening<T>(
  { client, what, silenceMs, signal }: StreamReading,
  open: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ended = new AbortController();
  const end = AbortSignal.any([signal, ended.signal]);
  const failed = new Promise<never>((_, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const late = AbortSignal.timeout(dockerDeadlines.save);
    const check = async (): Promise<void> => {
      try {
        if (late.aborted) throw silence(what, dockerDeadlines.save);
        await withDeadline(what, silenceMs, end, () => client.ping());
        timer = setTimeout(() => void check(), silenceMs);
      } catch (cause) {
        reject(asError(cause));
      }
    };
    timer = setTimeout(() => void check(), silenceMs);
    end.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(asError(end.reason));
    });
  });
  try {
    return await Promise.race([open(), failed]);
  } finally {
    ended.abort();
  }
}

/** Ends with an error once the Engine sends nothing for a while. The time that the reader takes does not count. */
async function* chunksOf(
  stream: Readable,
  { what, silenceMs, signal }: StreamReading,
): AsyncGenerator<Buffer> {
  const stop = (): void => void stream.destroy(asError(signal.reason));
  const wait = (): NodeJS.Timeout => setTimeout(() => stream.destroy(silence(what, silenceMs)), silenceMs);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  let timer = wait();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield chunk;
      timer = wait();
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function silence(what: string, ms: number): ParbakeError {
  return new ParbakeError('DOCKER_UNAVAILABLE', `cannot ${what}: Docker sent nothing for ${ms / 1000} s`);
}
