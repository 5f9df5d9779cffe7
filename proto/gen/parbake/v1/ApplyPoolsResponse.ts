// Original file: proto/parbake/v1/pool.proto

import type { Pool as _parbake_v1_Pool, Pool__Output as _parbake_v1_Pool__Output } from '../../parbake/v1/Pool.ts';

/**
 * The pools that were applied, or would be.
 */
export interface ApplyPoolsResponse {
  /**
   * In the order of the request.
   */
  'pools'?: (_parbake_v1_Pool)[];
}

/**
 * The pools that were applied, or would be.
 */
export interface ApplyPoolsResponse__Output {
  /**
   * In the order of the request.
   */
  'pools': (_parbake_v1_Pool__Output)[];
}
