// Original file: proto/parbake/v1/pool.proto

/**
 * How a machine is bought.
 */
export const Market = {
  /**
   * Not set.
   */
  MARKET_UNSPECIFIED: 'MARKET_UNSPECIFIED',
  /**
   * At the list price, for as long as it is wanted.
   */
  MARKET_ON_DEMAND: 'MARKET_ON_DEMAND',
  /**
   * At the spot price; the provider may take it back.
   */
  MARKET_SPOT: 'MARKET_SPOT',
} as const;

/**
 * How a machine is bought.
 */
export type Market =
  /**
   * Not set.
   */
  | 'MARKET_UNSPECIFIED'
  | 0
  /**
   * At the list price, for as long as it is wanted.
   */
  | 'MARKET_ON_DEMAND'
  | 1
  /**
   * At the spot price; the provider may take it back.
   */
  | 'MARKET_SPOT'
  | 2

/**
 * How a machine is bought.
 */
export type Market__Output = typeof Market[keyof typeof Market]
