// Original file: proto/parbake/v1/pool.proto

import type { Pool as _parbake_v1_Pool, Pool__Output as _parbake_v1_Pool__Output } from '../../parbake/v1/Pool.ts';

/**
 * Every pool; there are at most 1000.
 */
export interface ListPoolsResponse {
  /**
   * By name.
   */
  'pools'?: (_parbake_v1_Pool)[];
}

/**
 * Every pool; there are at most 1000.
 */
export interface ListPoolsResponse__Output {
  /**
   * By name.
   */
  'pools': (_parbake_v1_Pool__Output)[];
}
