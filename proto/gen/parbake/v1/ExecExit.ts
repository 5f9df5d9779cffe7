// Original file: proto/parbake/v1/assignment.proto


/**
 * How the command ended.
 */
export interface ExecExit {
  /**
   * Its exit code. 126 and 127 are Docker's, when it cannot be run.
   */
  'exitCode'?: (number);
}

/**
 * How the command ended.
 */
export interface ExecExit__Output {
  /**
   * Its exit code. 126 and 127 are Docker's, when it cannot be run.
   */
  'exitCode': (number);
}
