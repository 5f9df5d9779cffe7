// Original file: proto/parbake/v1/pool.proto


/**
 * The pool goes on.
 */
export interface ResumePoolResponse {
}

/**
 * The pool goes on.
 */
export interface ResumePoolResponse__Output {
}
