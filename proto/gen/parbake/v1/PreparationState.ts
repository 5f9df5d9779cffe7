// Original file: proto/parbake/v1/agent.proto

/**
 * How far an instance is prepared.
 */
export const PreparationState = {
  /**
   * The agent never sends it.
   */
  PREPARATION_STATE_UNSPECIFIED: 'PREPARATION_STATE_UNSPECIFIED',
  /**
   * Under way. With a reason: degraded, and the agent retries.
   */
  PREPARATION_STATE_PREPARING: 'PREPARATION_STATE_PREPARING',
  /**
   * The instance can take an order.
   */
  PREPARATION_STATE_READY: 'PREPARATION_STATE_READY',
  /**
   * Given up; see `reason`.
   */
  PREPARATION_STATE_FAILED: 'PREPARATION_STATE_FAILED',
} as const;

/**
 * How far an instance is prepared.
 */
export type PreparationState =
  /**
   * The agent never sends it.
   */
  | 'PREPARATION_STATE_UNSPECIFIED'
  | 0
  /**
   * Under way. With a reason: degraded, and the agent retries.
   */
  | 'PREPARATION_STATE_PREPARING'
  | 1
  /**
   * The instance can take an order.
   */
  | 'PREPARATION_STATE_READY'
  | 2
  /**
   * Given up; see `reason`.
   */
  | 'PREPARATION_STATE_FAILED'
  | 3

/**
 * How far an instance is prepared.
 */
export type PreparationState__Output = typeof PreparationState[keyof typeof PreparationState]
