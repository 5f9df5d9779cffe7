// Original file: proto/parbake/v1/telemetry.proto

import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from '../../parbake/v1/Event.ts';

export interface WatchEventsResponse {
  'events'?: (_parbake_v1_Event)[];
  /**
   * Where to go on after them.
   */
  'cursor'?: (string);
}

export interface WatchEventsResponse__Output {
  'events': (_parbake_v1_Event__Output)[];
  /**
   * Where to go on after them.
   */
  'cursor': (string);
}
