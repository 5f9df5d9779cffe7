// Original file: proto/parbake/v1/agent.proto


/**
 * See StreamLogsRequest.
 */
export interface AttachLogs {
  /**
   * The assignment whose container it is.
   */
  'assignmentId'?: (string);
  /**
   * The container's name in the role. Empty: the only one.
   */
  'container'?: (string);
  /**
   * Whether to go on with what it prints from now on.
   */
  'follow'?: (boolean);
  /**
   * How many of the last lines come first.
   */
  'tail'?: (number);
}

/**
 * See StreamLogsRequest.
 */
export interface AttachLogs__Output {
  /**
   * The assignment whose container it is.
   */
  'assignmentId': (string);
  /**
   * The container's name in the role. Empty: the only one.
   */
  'container': (string);
  /**
   * Whether to go on with what it prints from now on.
   */
  'follow': (boolean);
  /**
   * How many of the last lines come first.
   */
  'tail': (number);
}
