// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.ReadmitInstance.
 */
export interface ReadmitInstanceRequest {
  /**
   * The instance.
   */
  'instanceId'?: (string);
}

/**
 * See TrustService.ReadmitInstance.
 */
export interface ReadmitInstanceRequest__Output {
  /**
   * The instance.
   */
  'instanceId': (string);
}
