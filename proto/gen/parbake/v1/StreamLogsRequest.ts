// Original file: proto/parbake/v1/assignment.proto


/**
 * See AssignmentService.StreamLogs.
 */
export interface StreamLogsRequest {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The container's name in the role. Empty: the only one; with several it is refused.
   */
  'container'?: (string);
  /**
   * Whether to go on with what it prints from now on.
   */
  'follow'?: (boolean);
  /**
   * How many of the last lines come first. Default 1000; above 100000 means 100000.
   */
  'tail'?: (number);
}

/**
 * See AssignmentService.StreamLogs.
 */
export interface StreamLogsRequest__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * The container's name in the role. Empty: the only one; with several it is refused.
   */
  'container': (string);
  /**
   * Whether to go on with what it prints from now on.
   */
  'follow': (boolean);
  /**
   * How many of the last lines come first. Default 1000; above 100000 means 100000.
   */
  'tail': (number);
}
