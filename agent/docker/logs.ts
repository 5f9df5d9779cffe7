import { Readable } from 'node:stream';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { dockerError } from './errors.ts';
import { LogLines } from './log-lines.ts';

export interface LineSearch {
  /** Milliseconds since the epoch; undefined for everything. */
  since: number | undefined;
  isWanted: (line: string) => boolean;
}

/** The last lines that a container printed. */
export async function lastLines(client: DockerClient, id: string, signal: AbortSignal): Promise<string> {
  const output = await withDeadline(`read logs of ${id.slice(0, 12)}`, dockerDeadlines.logs, signal, () =>
    client.getContainer(id).logs({ stdout: true, stderr: true, tail: 100 }),
  );
  const lines = new LogLines();
  return [...lines.take(output), ...lines.rest()].join('\n');
}

/** See `ContainerEngine.findLine`. */
export async function findLine(
  client: DockerClient,
  id: string,
  { since, isWanted }: LineSearch,
  signal: AbortSignal,
): Promise<boolean> {
  const what = `read logs of ${id.slice(0, 12)}`;
  const stream = await withDeadline(what, dockerDeadlines.logs, signal, (abortSignal) =>
    client.getContainer(id).logs({
      follow: true,
      stdout: true,
      stderr: true,
      abortSignal,
      ...(since === undefined ? {} : { since: since / 1000 }),
    }),
  );
  const lines = new LogLines();
  const stopReading = (): void => {
    if (stream instanceof Readable) stream.destroy(signal.reason as Error);
  };
  signal.addEventListener('abort', stopReading, { once: true });
  try {
    for await (const chunk of stream) if (lines.take(chunk as Buffer).some(isWanted)) return true;
    return lines.rest().some(isWanted);
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, what);
  } finally {
    signal.removeEventListener('abort', stopReading);
    stopReading();
  }
}
