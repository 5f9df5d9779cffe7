// Original file: proto/parbake/v1/pool.proto

import type { PoolSpec as _parbake_v1_PoolSpec, PoolSpec__Output as _parbake_v1_PoolSpec__Output } from '../../parbake/v1/PoolSpec.ts';

/**
 * See PoolService.ApplyPools.
 */
export interface ApplyPoolsRequest {
  /**
   * 1 to 1000.
   */
  'pools'?: (_parbake_v1_PoolSpec)[];
  /**
   * Only check the pools, and change nothing.
   */
  'validateOnly'?: (boolean);
}

/**
 * See PoolService.ApplyPools.
 */
export interface ApplyPoolsRequest__Output {
  /**
   * 1 to 1000.
   */
  'pools': (_parbake_v1_PoolSpec__Output)[];
  /**
   * Only check the pools, and change nothing.
   */
  'validateOnly': (boolean);
}
