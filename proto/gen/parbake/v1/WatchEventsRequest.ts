// Original file: proto/parbake/v1/telemetry.proto


/**
 * Filters are combined: an event has to match them all.
 */
export interface WatchEventsRequest {
  /**
   * Only of this instance and its assignments. Empty: of any.
   */
  'instanceId'?: (string);
  /**
   * Only of this assignment. Empty: of any.
   */
  'assignmentId'?: (string);
  /**
   * Starts after this place: the cursor of an earlier answer, or Event.cursor. Empty:
   * starts with the next event, or as `last` says.
   */
  'cursor'?: (string);
  /**
   * Without a cursor: starts with this many of the newest events that match, as far as
   * they are kept. A number above 10000 means 10000.
   */
  'last'?: (number);
  /**
   * Ends the stream once everything that is stored was sent.
   */
  'untilNow'?: (boolean);
}

/**
 * Filters are combined: an event has to match them all.
 */
export interface WatchEventsRequest__Output {
  /**
   * Only of this instance and its assignments. Empty: of any.
   */
  'instanceId': (string);
  /**
   * Only of this assignment. Empty: of any.
   */
  'assignmentId': (string);
  /**
   * Starts after this place: the cursor of an earlier answer, or Event.cursor. Empty:
   * starts with the next event, or as `last` says.
   */
  'cursor': (string);
  /**
   * Without a cursor: starts with this many of the newest events that match, as far as
   * they are kept. A number above 10000 means 10000.
   */
  'last': (number);
  /**
   * Ends the stream once everything that is stored was sent.
   */
  'untilNow': (boolean);
}
