// Original file: proto/parbake/v1/pool.proto

import type { Market as _parbake_v1_Market, Market__Output as _parbake_v1_Market__Output } from '../../parbake/v1/Market.ts';

/**
 * How machines are bought.
 */
export interface PoolOffering {
  /**
   * How they are bought.
   */
  'market'?: (_parbake_v1_Market);
  /**
   * The most preferred first. At least one.
   */
  'instanceTypes'?: (string)[];
  /**
   * With MARKET_SPOT: the part of the pool's machines that are bought so, 0 to 1, while
   * both can be had. Absent: the first offering that can be had is taken.
   */
  'share'?: (number | string);
  '_share'?: "share";
}

/**
 * How machines are bought.
 */
export interface PoolOffering__Output {
  /**
   * How they are bought.
   */
  'market': (_parbake_v1_Market__Output);
  /**
   * The most preferred first. At least one.
   */
  'instanceTypes': (string)[];
  /**
   * With MARKET_SPOT: the part of the pool's machines that are bought so, 0 to 1, while
   * both can be had. Absent: the first offering that can be had is taken.
   */
  'share'?: (number);
  '_share'?: "share";
}
