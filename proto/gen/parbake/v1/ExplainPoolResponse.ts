// Original file: proto/parbake/v1/pool.proto

import type { Pool as _parbake_v1_Pool, Pool__Output as _parbake_v1_Pool__Output } from '../../parbake/v1/Pool.ts';

/**
 * One pool.
 */
export interface ExplainPoolResponse {
  /**
   * The pool.
   */
  'pool'?: (_parbake_v1_Pool | null);
}

/**
 * One pool.
 */
export interface ExplainPoolResponse__Output {
  /**
   * The pool.
   */
  'pool': (_parbake_v1_Pool__Output | null);
}
