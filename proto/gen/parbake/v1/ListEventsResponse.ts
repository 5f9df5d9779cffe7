// Original file: proto/parbake/v1/telemetry.proto

import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from '../../parbake/v1/Event.ts';

export interface ListEventsResponse {
  'events'?: (_parbake_v1_Event)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken'?: (string);
}

export interface ListEventsResponse__Output {
  'events': (_parbake_v1_Event__Output)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken': (string);
}
