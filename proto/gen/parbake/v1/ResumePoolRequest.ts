// Original file: proto/parbake/v1/pool.proto


/**
 * See PoolService.ResumePool.
 */
export interface ResumePoolRequest {
  /**
   * The pool's name.
   */
  'name'?: (string);
}

/**
 * See PoolService.ResumePool.
 */
export interface ResumePoolRequest__Output {
  /**
   * The pool's name.
   */
  'name': (string);
}
