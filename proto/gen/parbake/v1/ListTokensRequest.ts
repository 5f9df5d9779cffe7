// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.ListTokens.
 */
export interface ListTokensRequest {
}

/**
 * See TrustService.ListTokens.
 */
export interface ListTokensRequest__Output {
}
