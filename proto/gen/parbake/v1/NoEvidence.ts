// Original file: proto/parbake/v1/attest.proto


/**
 * See AttestRequest.none.
 */
export interface NoEvidence {
}

/**
 * See AttestRequest.none.
 */
export interface NoEvidence__Output {
}
