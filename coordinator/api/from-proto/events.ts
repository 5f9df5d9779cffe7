import { defined } from '../../../proto/errors/defined.ts';
import type { EventFilter } from '../../store/telemetry.ts';
import type { WatchEventsRequest__Output } from '../../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import { bounded, invalid, readAll, sizeFromProto } from './parts.ts';

export interface EventsWanted extends EventFilter {
  /** The sequence to begin after; absent to begin with the newest `last`. */
  after?: number;
  last: number;
  /** Ends where the store ends. */
  untilNow: boolean;
}

export function eventsFromProto(message: WatchEventsRequest__Output): EventsWanted {
  const { untilNow } = message;
  const { after, ...read } = readAll({
    instanceId: () => bounded('instance_id', message.instanceId, 128),
    assignmentId: () => bounded('assignment_id', message.assignmentId, 128),
    after: () => cursorFromProto(message.cursor),
    last: () => lastFromProto(message),
  });
  return { ...read, untilNow, ...defined({ after }) };
}

function cursorFromProto(cursor: string): number | undefined {
  if (!/^\d{0,15}$/.test(cursor)) throw invalid('cursor', 'is not one of ours');
  return cursor === '' ? undefined : Number(cursor);
}

function lastFromProto({ last, cursor }: WatchEventsRequest__Output): number {
  if (cursor !== '' && last > 0) throw invalid('last', 'cannot be combined with a cursor');
  return sizeFromProto('last', last, 0, 10_000);
}
