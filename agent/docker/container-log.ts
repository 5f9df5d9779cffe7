import { Readable } from 'node:stream';
import { asError } from '../../proto/errors/cause.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { dockerError } from './errors.ts';
import { outputPieces, type OutputPiece } from './output-pieces.ts';

export interface LogWanted {
  follow: boolean;
  /** How many of the last lines come first. */
  tail: number;
}

/**
 * Reads a container's log no faster than its pieces are taken.
 * @throws ParbakeError see `dockerError`; the signal's reason when it aborts
 */
export async function* containerLog(
  client: DockerClient,
  id: string,
  wanted: LogWanted,
  signal: AbortSignal,
): AsyncGenerator<OutputPiece> {
  const what = `read logs of ${id.slice(0, 12)}`;
  const stream = await withDeadline(what, dockerDeadlines.logs, signal, (abortSignal) =>
    openLog(client, id, wanted, abortSignal),
  );
  const stop = (): void => void stream.destroy(asError(signal.reason));
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* outputPieces(stream);
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

/** The library's own method keeps the whole log in memory, unless it follows. */
function openLog(
  client: DockerClient,
  id: string,
  { follow, tail }: LogWanted,
  abortSignal: AbortSignal,
): Promise<Readable> {
  const request = {
    path: `/containers/${id}/logs?`,
    method: 'GET',
    isStream: true,
    options: { stdout: true, stderr: true, follow, tail },
    abortSignal,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error', 501: 'not implemented' },
  };
  return new Promise((resolve, reject) => {
    client.modem.dial(request, (cause: unknown, stream: unknown) => {
      if (stream instanceof Readable) resolve(stream);
      else reject(asError(cause));
    });
  });
}
