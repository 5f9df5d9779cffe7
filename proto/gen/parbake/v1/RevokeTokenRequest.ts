// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.RevokeToken.
 */
export interface RevokeTokenRequest {
  /**
   * The token's id.
   */
  'tokenId'?: (string);
}

/**
 * See TrustService.RevokeToken.
 */
export interface RevokeTokenRequest__Output {
  /**
   * The token's id.
   */
  'tokenId': (string);
}
