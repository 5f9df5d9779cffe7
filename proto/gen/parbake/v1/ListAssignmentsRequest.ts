// Original file: proto/parbake/v1/assignment.proto


export interface ListAssignmentsRequest {
  /**
   * Only this user's; empty for all.
   */
  'user'?: (string);
  /**
   * Only live ones (neither RELEASED nor FAILED nor EXPIRED).
   */
  'liveOnly'?: (boolean);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize'?: (number);
  /**
   * From a former answer.
   */
  'pageToken'?: (string);
}

export interface ListAssignmentsRequest__Output {
  /**
   * Only this user's; empty for all.
   */
  'user': (string);
  /**
   * Only live ones (neither RELEASED nor FAILED nor EXPIRED).
   */
  'liveOnly': (boolean);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize': (number);
  /**
   * From a former answer.
   */
  'pageToken': (string);
}
