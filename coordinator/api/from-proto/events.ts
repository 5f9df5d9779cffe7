import type { EventFilter } from '../../store/telemetry.ts';
import type { WatchEventsRequest__Output } from '../../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import { invalid, sizeFromProto } from './parts.ts';

export interface EventsWanted extends EventFilter {
  /** The sequence to begin after; absent to begin with the newest `last`. */
  after?: number;
  last: number;
  /** Ends where the store ends. */
  untilNow: boolean;
}

export function eventsFromProto(message: WatchEventsRequest__Output): EventsWanted {
  const { instanceId, assignmentId, cursor, last, untilNow } = message;
  if (instanceId.length > 128) throw invalid('instance_id', 'has more than 128 characters');
  if (assignmentId.length > 128) throw invalid('assignment_id', 'has more than 128 characters');
  if (!/^\d{0,15}$/.test(cursor)) throw invalid('cursor', 'is not one of ours');
  if (cursor !== '' && last > 0) throw invalid('last', 'is not for a cursor');
  return {
    instanceId,
    assignmentId,
    last: sizeFromProto('last', last, 0, 10_000),
    untilNow,
    ...(cursor === '' ? {} : { after: Number(cursor) }),
  };
}
