import type { ServerWritableStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { WatchEventsRequest__Output } from '../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse } from '../../proto/gen/parbake/v1/WatchEventsResponse.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Changes } from '../fleet/changes.ts';
import { Wake } from '../fleet/wake.ts';
import type { StateEvent, TelemetryUseCases } from '../store/telemetry.ts';
import { eventMessage } from './to-proto.ts';
import { eventsFromProto, type EventsWanted } from './from-proto/events.ts';

export type EventsCall = ServerWritableStream<WatchEventsRequest__Output, WatchEventsResponse>;

/** Milliseconds that a reader may not read. */
const patience = 30_000;
/** Events of one answer. */
const together = 200;
/** Milliseconds: events of one moment are sent together. */
const settle = 20;
/** Between two looks while nothing is told of, in milliseconds: some events belong to no instance, and those of one are told of. */
const backstops = { all: 1_000, ofOne: 5_000 };
/** Milliseconds after which an answer without events says that the stream lives. */
const heartbeat = 15_000;
const maxStreams = 1_000;

/**
 * Sends events to whoever watches. They are read from the store, one answer after another and none before the one before
 * it was taken: what waits for a reader is bounded, and what it has not read is not lost.
 */
export class EventStreams {
  readonly #store: Pick<TelemetryUseCases, 'events' | 'beforeLastEvents'>;
  readonly #changes: Pick<Changes, 'watch'>;
  readonly #patience: number;
  readonly #stopping = new AbortController();
  readonly #wakes = new Set<Wake>();
  #open = 0;

  constructor(
    store: Pick<TelemetryUseCases, 'events' | 'beforeLastEvents'>,
    changes: Pick<Changes, 'watch'>,
    readerPatience = patience,
  ) {
    this.#store = store;
    this.#changes = changes;
    this.#patience = readerPatience;
  }

  /** Serves one reader until it goes. */
  async serve(call: EventsCall, gone: AbortSignal): Promise<void> {
    this.#open += 1;
    try {
      if (this.#open > maxStreams)
        throw new ParbakeError('READER_TOO_SLOW', `${maxStreams} others watch events already`);
      await this.#send(call, eventsFromProto(call.request), gone);
    } finally {
      this.#open -= 1;
    }
  }

  /** Ends every stream: readers come back when there is somebody again. */
  stop(): void {
    this.#stopping.abort();
    for (const wake of this.#wakes) wake.call();
  }

  async #send(call: EventsCall, wanted: EventsWanted, gone: AbortSignal): Promise<void> {
    const { last, after } = wanted;
    const { newest, removedUpTo } = await this.#store.events(0, 0);
    let cursor = after ?? (last === 0 ? newest : await this.#store.beforeLastEvents(wanted, last));
    if (cursor > newest)
      throw new ParbakeError('REQUEST_INVALID', 'cursor is of no event that this store ever had');
    // Who names no place has missed nothing.
    const removedBefore = after === undefined ? removedUpTo : 0;
    let toldTime = Number.NEGATIVE_INFINITY;
    const { instanceId } = wanted;
    const wake = new Wake();
    const stop = this.#changes.watch((changed) => {
      if (instanceId === undefined || changed === instanceId) wake.call();
    });
    this.#wakes.add(wake);
    const leave = (): void => {
      stop();
      this.#wakes.delete(wake);
    };
    gone.addEventListener('abort', leave, { once: true });
    const backstop = instanceId === undefined ? backstops.all : backstops.ofOne;
    while (!gone.aborted) {
      if (this.#stopping.signal.aborted)
        throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator is shutting down');
      const { found, upTo, removed } = await this.#read(wanted, cursor);
      if (removed > removedBefore && cursor < removed)
        throw new ParbakeError('EVENTS_REMOVED', `events after cursor ${cursor} are not kept any more`);
      const isEnd = upTo === cursor;
      cursor = upTo;
      if (found.length > 0 || performance.now() - toldTime > heartbeat) {
        await this.#write(call, { events: found.map(eventMessage), cursor: String(cursor) }, gone);
        toldTime = performance.now();
      }
      if (isEnd && wanted.untilNow) return;
      // What came while the events were read is not waited for.
      if (isEnd && (await wake.wait(backstop, gone)) && !this.#stopping.signal.aborted)
        await pause(settle, gone);
    }
  }

  /** What there is after a place, and how far that was looked for. */
  async #read(
    wanted: EventsWanted,
    cursor: number,
  ): Promise<{ found: StateEvent[]; upTo: number; removed: number }> {
    const { events: found, newest, removedUpTo } = await this.#store.events(cursor, together, wanted);
    // A short answer means that there is nothing else up to the newest event.
    const upTo = found.length < together ? Math.max(newest, cursor) : (found.at(-1)?.sequence ?? cursor);
    return { found, upTo, removed: removedUpTo };
  }

  async #write(call: EventsCall, message: WatchEventsResponse, gone: AbortSignal): Promise<void> {
    if (call.write(message)) return;
    const read = new AbortController();
    call.once('drain', () => read.abort());
    await pause(this.#patience, AbortSignal.any([gone, read.signal, this.#stopping.signal]));
    if (!gone.aborted && !read.signal.aborted && !this.#stopping.signal.aborted)
      throw new ParbakeError('READER_TOO_SLOW', `nothing was read for ${this.#patience / 1000} s`);
  }
}
