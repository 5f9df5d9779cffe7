// Original file: proto/parbake/v1/pool.proto


/**
 * The pool ends its machines.
 */
export interface DeletePoolResponse {
}

/**
 * The pool ends its machines.
 */
export interface DeletePoolResponse__Output {
}
