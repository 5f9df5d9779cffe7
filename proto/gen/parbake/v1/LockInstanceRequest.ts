// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.LockInstance.
 */
export interface LockInstanceRequest {
  /**
   * The instance.
   */
  'instanceId'?: (string);
  /**
   * Why, for whoever looks at it later; at most 500 characters.
   */
  'reason'?: (string);
}

/**
 * See TrustService.LockInstance.
 */
export interface LockInstanceRequest__Output {
  /**
   * The instance.
   */
  'instanceId': (string);
  /**
   * Why, for whoever looks at it later; at most 500 characters.
   */
  'reason': (string);
}
