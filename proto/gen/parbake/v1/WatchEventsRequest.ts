// Original file: proto/parbake/v1/telemetry.proto


export interface WatchEventsRequest {
  /**
   * Only of this instance and its assignments; empty for all.
   */
  'instanceId'?: (string);
  /**
   * Only of this assignment; empty for all.
   */
  'assignmentId'?: (string);
  /**
   * Goes on after this, from a former answer or Event.cursor. Empty: begins with what
   * is to come, or as `last` says.
   */
  'cursor'?: (string);
  /**
   * Without a cursor: begins with so many of the newest events that match, 0 to
   * 10000, where they are kept.
   */
  'last'?: (number);
  /**
   * Ends once all that is stored was sent.
   */
  'untilNow'?: (boolean);
}

export interface WatchEventsRequest__Output {
  /**
   * Only of this instance and its assignments; empty for all.
   */
  'instanceId': (string);
  /**
   * Only of this assignment; empty for all.
   */
  'assignmentId': (string);
  /**
   * Goes on after this, from a former answer or Event.cursor. Empty: begins with what
   * is to come, or as `last` says.
   */
  'cursor': (string);
  /**
   * Without a cursor: begins with so many of the newest events that match, 0 to
   * 10000, where they are kept.
   */
  'last': (number);
  /**
   * Ends once all that is stored was sent.
   */
  'untilNow': (boolean);
}
