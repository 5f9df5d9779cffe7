// Original file: proto/parbake/v1/pool.proto


/**
 * See PoolService.ExplainPool.
 */
export interface ExplainPoolRequest {
  /**
   * The pool's name.
   */
  'name'?: (string);
}

/**
 * See PoolService.ExplainPool.
 */
export interface ExplainPoolRequest__Output {
  /**
   * The pool's name.
   */
  'name': (string);
}
