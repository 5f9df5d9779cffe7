// Original file: proto/parbake/v1/agent.proto


/**
 * Opens a stream that the coordinator asked for.
 */
export interface AttachHello {
  /**
   * As in the check-in.
   */
  'instanceId'?: (string);
  /**
   * Attach.attach_id.
   */
  'attachId'?: (string);
}

/**
 * Opens a stream that the coordinator asked for.
 */
export interface AttachHello__Output {
  /**
   * As in the check-in.
   */
  'instanceId': (string);
  /**
   * Attach.attach_id.
   */
  'attachId': (string);
}
