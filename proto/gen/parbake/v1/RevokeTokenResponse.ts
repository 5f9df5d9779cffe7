// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.RevokeToken.
 */
export interface RevokeTokenResponse {
}

/**
 * See TrustService.RevokeToken.
 */
export interface RevokeTokenResponse__Output {
}
