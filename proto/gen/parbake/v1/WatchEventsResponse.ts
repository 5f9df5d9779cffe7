// Original file: proto/parbake/v1/telemetry.proto

import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from '../../parbake/v1/Event.ts';

/**
 * Events, and where to resume.
 */
export interface WatchEventsResponse {
  /**
   * Oldest first. May be empty.
   */
  'events'?: (_parbake_v1_Event)[];
  /**
   * Resumes after these events.
   */
  'cursor'?: (string);
}

/**
 * Events, and where to resume.
 */
export interface WatchEventsResponse__Output {
  /**
   * Oldest first. May be empty.
   */
  'events': (_parbake_v1_Event__Output)[];
  /**
   * Resumes after these events.
   */
  'cursor': (string);
}
