// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.ReadmitInstance.
 */
export interface ReadmitInstanceResponse {
}

/**
 * See TrustService.ReadmitInstance.
 */
export interface ReadmitInstanceResponse__Output {
}
