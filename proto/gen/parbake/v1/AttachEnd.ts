// Original file: proto/parbake/v1/agent.proto


/**
 * Nothing more comes.
 */
export interface AttachEnd {
  /**
   * Why it ended early: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * What the command exited with.
   */
  'exitCode'?: (number);
}

/**
 * Nothing more comes.
 */
export interface AttachEnd__Output {
  /**
   * Why it ended early: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * What the command exited with.
   */
  'exitCode': (number);
}
