// Original file: proto/parbake/v1/pool.proto


/**
 * See PoolService.PausePool.
 */
export interface PausePoolRequest {
  /**
   * The pool's name.
   */
  'name'?: (string);
  /**
   * Shown to whoever looks at the pool. At most 200 characters.
   */
  'reason'?: (string);
}

/**
 * See PoolService.PausePool.
 */
export interface PausePoolRequest__Output {
  /**
   * The pool's name.
   */
  'name': (string);
  /**
   * Shown to whoever looks at the pool. At most 200 characters.
   */
  'reason': (string);
}
