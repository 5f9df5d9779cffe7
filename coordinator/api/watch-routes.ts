import type { ServerWritableStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { WatchRoutesRequest__Output } from '../../proto/gen/parbake/v1/WatchRoutesRequest.ts';
import type { WatchRoutesResponse } from '../../proto/gen/parbake/v1/WatchRoutesResponse.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Route } from '../core/route.ts';
import type { RouteFeed } from '../routes/feed.ts';
import { routeMessage } from './route-message.ts';

export type RoutesCall = ServerWritableStream<WatchRoutesRequest__Output, WatchRoutesResponse>;

/** Routes in one message. */
const together = 500;
/** Milliseconds that a reader may not read. */
const readerPatience = 30_000;
/** Milliseconds after which a message without routes says that the stream lives. */
const heartbeat = 15_000;

/**
 * Sends the whole table, and then changes as soon as there are some, no faster than they are read, until the caller goes.
 * A route that changes again while it waits to be sent is sent once, in its newest state.
 */
export async function watchRoutes(call: RoutesCall, feed: RouteFeed, gone: AbortSignal): Promise<void> {
  const pending = new Map<string, Route>();
  let wanted = -1;
  let sent = -1;
  let wake = new AbortController();
  const stop = feed.subscribe((changes, generation) => {
    for (const route of changes) pending.set(route.name, route);
    wanted = generation;
    wake.abort();
  });
  try {
    while (!gone.aborted) {
      if (feed.ended.aborted)
        throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator is shutting down');
      wake = new AbortController();
      if (wanted === sent) await pause(heartbeat, AbortSignal.any([gone, wake.signal, feed.ended]));
      const [routes, generation] = [[...pending.values()], wanted];
      pending.clear();
      if (generation < 0) continue;
      await sendAll(call, routes, { generation, since: sent }, gone);
      sent = generation;
    }
  } finally {
    stop();
  }
}

async function sendAll(
  call: RoutesCall,
  routes: readonly Route[],
  { generation, since }: { generation: number; since: number },
  gone: AbortSignal,
): Promise<void> {
  for (let at = 0; at === 0 || at < routes.length; at += together) {
    const isLast = at + together >= routes.length;
    const part = routes.slice(at, at + together).map(routeMessage);
    // Who confirms a part has the parts before it, and no change between them is told of yet.
    await send(
      call,
      { routes: part, generation: isLast ? generation : Math.max(0, since), complete: isLast },
      gone,
    );
  }
}

async function send(call: RoutesCall, message: WatchRoutesResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted || call.write(message)) return;
  const drained = new AbortController();
  call.once('drain', () => drained.abort());
  await pause(readerPatience, AbortSignal.any([gone, drained.signal]));
  if (!gone.aborted && !drained.signal.aborted)
    throw new ParbakeError('READER_TOO_SLOW', `nothing was read for ${readerPatience / 1000} s`);
}
