// Original file: proto/parbake/v1/pool.proto


/**
 * See PoolService.DeletePool.
 */
export interface DeletePoolRequest {
  /**
   * The pool's name.
   */
  'name'?: (string);
}

/**
 * See PoolService.DeletePool.
 */
export interface DeletePoolRequest__Output {
  /**
   * The pool's name.
   */
  'name': (string);
}
