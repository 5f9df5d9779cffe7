import { Metadata, type ClientReadableStream } from '@grpc/grpc-js';
import { aborted, pause } from '../../proto/process/tasks.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import type { WatchEventsRequest } from '../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse__Output } from '../../proto/gen/parbake/v1/WatchEventsResponse.ts';
import type { connectCoordinator } from '../testbed/parbake.ts';
import type { WatcherEntry } from './history.ts';

type Telemetry = ReturnType<typeof connectCoordinator>['telemetry'];
type Events = ClientReadableStream<WatchEventsResponse__Output>;

/** Milliseconds until it watches again. */
const again = 50;

/**
 * Watches the events over each restart of the coordinator, until the signal aborts.
 * @param seen gets each as it comes
 */
export async function watchEvents(
  telemetry: Telemetry,
  seen: WatcherEntry[],
  signal: AbortSignal,
): Promise<void> {
  let cursor = '0';
  while (!signal.aborted) {
    const stream = telemetry.watchEvents({ cursor });
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop, { once: true });
    stream.on('data', (answer: WatchEventsResponse__Output) => {
      for (const event of answer.events) seen.push({ kind: 'event', cursor: Number(event.cursor) });
      cursor = answer.cursor;
    });
    await endOf(stream);
    signal.removeEventListener('abort', stop);
    await pause(again, signal);
  }
}

/** Every event that there is. @throws Error when they cannot be read */
export async function allEvents(telemetry: Telemetry): Promise<number[]> {
  const request: WatchEventsRequest = { cursor: '0', untilNow: true };
  // A connection that was refused while a coordinator was down is not tried again at once.
  const patient = new Metadata({ waitForReady: true });
  const stream = telemetry.watchEvents(request, patient, { deadline: Date.now() + 6 * deadlines.read });
  const found: number[] = [];
  stream.on('data', ({ events }: WatchEventsResponse__Output) => {
    for (const { cursor } of events) found.push(Number(cursor));
  });
  const error = await endOf(stream);
  if (error !== undefined) throw error;
  return found;
}

async function endOf(stream: Events): Promise<Error | undefined> {
  const ended = new AbortController();
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
    ended.abort();
  });
  stream.on('end', () => ended.abort());
  await aborted(ended.signal);
  return failure;
}
