// Original file: proto/parbake/v1/pool.proto

/**
 * How a pool is.
 */
export const PoolCondition = {
  /**
   * Not known yet.
   */
  POOL_CONDITION_UNSPECIFIED: 'POOL_CONDITION_UNSPECIFIED',
  /**
   * It has what it wants.
   */
  POOL_CONDITION_OK: 'POOL_CONDITION_OK',
  /**
   * What it wants is on its way.
   */
  POOL_CONDITION_FILLING: 'POOL_CONDITION_FILLING',
  /**
   * It wants more, and no offering can be asked now.
   */
  POOL_CONDITION_STARVED: 'POOL_CONDITION_STARVED',
  /**
   * Its maximum, or its launches in an hour, keep it below its target.
   */
  POOL_CONDITION_CAPPED: 'POOL_CONDITION_CAPPED',
  /**
   * Machines of its image do not become READY; it tries one at a time.
   */
  POOL_CONDITION_BREAKER_OPEN: 'POOL_CONDITION_BREAKER_OPEN',
  /**
   * The provider refuses its specification; nothing is launched until it changes.
   */
  POOL_CONDITION_BROKEN: 'POOL_CONDITION_BROKEN',
  /**
   * An operator paused it.
   */
  POOL_CONDITION_PAUSED: 'POOL_CONDITION_PAUSED',
  /**
   * It is deleted, and waits for its last machines.
   */
  POOL_CONDITION_DELETING: 'POOL_CONDITION_DELETING',
} as const;

/**
 * How a pool is.
 */
export type PoolCondition =
  /**
   * Not known yet.
   */
  | 'POOL_CONDITION_UNSPECIFIED'
  | 0
  /**
   * It has what it wants.
   */
  | 'POOL_CONDITION_OK'
  | 1
  /**
   * What it wants is on its way.
   */
  | 'POOL_CONDITION_FILLING'
  | 2
  /**
   * It wants more, and no offering can be asked now.
   */
  | 'POOL_CONDITION_STARVED'
  | 3
  /**
   * Its maximum, or its launches in an hour, keep it below its target.
   */
  | 'POOL_CONDITION_CAPPED'
  | 4
  /**
   * Machines of its image do not become READY; it tries one at a time.
   */
  | 'POOL_CONDITION_BREAKER_OPEN'
  | 5
  /**
   * The provider refuses its specification; nothing is launched until it changes.
   */
  | 'POOL_CONDITION_BROKEN'
  | 6
  /**
   * An operator paused it.
   */
  | 'POOL_CONDITION_PAUSED'
  | 7
  /**
   * It is deleted, and waits for its last machines.
   */
  | 'POOL_CONDITION_DELETING'
  | 8

/**
 * How a pool is.
 */
export type PoolCondition__Output = typeof PoolCondition[keyof typeof PoolCondition]
