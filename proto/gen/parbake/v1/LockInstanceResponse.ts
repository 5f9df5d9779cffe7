// Original file: proto/parbake/v1/attest.proto


/**
 * See TrustService.LockInstance.
 */
export interface LockInstanceResponse {
}

/**
 * See TrustService.LockInstance.
 */
export interface LockInstanceResponse__Output {
}
