// Original file: proto/parbake/v1/route.proto


/**
 * It was taken note of.
 */
export interface ConfirmRoutesResponse {
}

/**
 * It was taken note of.
 */
export interface ConfirmRoutesResponse__Output {
}
