// Original file: proto/parbake/v1/pool.proto


/**
 * The pool is paused.
 */
export interface PausePoolResponse {
}

/**
 * The pool is paused.
 */
export interface PausePoolResponse__Output {
}
