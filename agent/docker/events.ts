import { Readable } from 'node:stream';
import type { DockerClient } from './client.ts';
import { labels } from './labels.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';

/** See `ContainerEngine.nextEnd`. */
export async function nextEnd(client: DockerClient, signal: AbortSignal): Promise<void> {
  const stream = await withDeadline('read events', dockerDeadlines.inspect, signal, (abortSignal) =>
    client.getEvents({
      filters: { type: ['container'], event: ['die'], label: [labels.container] },
      abortSignal,
    }),
  );
  const close = (): void => {
    if (stream instanceof Readable) stream.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  await new Promise<void>((resolve) => {
    for (const event of ['data', 'end', 'error', 'close']) stream.on(event, () => resolve());
    if (signal.aborted) close();
  });
  signal.removeEventListener('abort', close);
  close();
}
