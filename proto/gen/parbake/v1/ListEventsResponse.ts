// Original file: proto/parbake/v1/telemetry.proto

import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from '../../parbake/v1/Event.ts';

/**
 * One page.
 */
export interface ListEventsResponse {
  /**
   * Oldest first.
   */
  'events'?: (_parbake_v1_Event)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page.
 */
export interface ListEventsResponse__Output {
  /**
   * Oldest first.
   */
  'events': (_parbake_v1_Event__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
}
