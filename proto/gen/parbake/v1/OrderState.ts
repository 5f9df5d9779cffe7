// Original file: proto/parbake/v1/agent.proto

/**
 * What the agent says about its order.
 */
export const OrderState = {
  /**
   * The agent never sends it.
   */
  ORDER_STATE_UNSPECIFIED: 'ORDER_STATE_UNSPECIFIED',
  /**
   * Received and stored.
   */
  ORDER_STATE_DELIVERED: 'ORDER_STATE_DELIVERED',
  /**
   * Containers are being created and started.
   */
  ORDER_STATE_STARTING: 'ORDER_STATE_STARTING',
  /**
   * Containers are started, and their readiness checks run.
   */
  ORDER_STATE_STARTED: 'ORDER_STATE_STARTED',
  /**
   * Every readiness check passed.
   */
  ORDER_STATE_SERVING: 'ORDER_STATE_SERVING',
  /**
   * A container failed; see `reason` and `fault`.
   */
  ORDER_STATE_FAILED: 'ORDER_STATE_FAILED',
  /**
   * The containers are gone.
   */
  ORDER_STATE_STOPPED: 'ORDER_STATE_STOPPED',
  /**
   * Every essential container that is not restarted exited by itself with 0.
   */
  ORDER_STATE_COMPLETED: 'ORDER_STATE_COMPLETED',
} as const;

/**
 * What the agent says about its order.
 */
export type OrderState =
  /**
   * The agent never sends it.
   */
  | 'ORDER_STATE_UNSPECIFIED'
  | 0
  /**
   * Received and stored.
   */
  | 'ORDER_STATE_DELIVERED'
  | 1
  /**
   * Containers are being created and started.
   */
  | 'ORDER_STATE_STARTING'
  | 2
  /**
   * Containers are started, and their readiness checks run.
   */
  | 'ORDER_STATE_STARTED'
  | 3
  /**
   * Every readiness check passed.
   */
  | 'ORDER_STATE_SERVING'
  | 4
  /**
   * A container failed; see `reason` and `fault`.
   */
  | 'ORDER_STATE_FAILED'
  | 5
  /**
   * The containers are gone.
   */
  | 'ORDER_STATE_STOPPED'
  | 6
  /**
   * Every essential container that is not restarted exited by itself with 0.
   */
  | 'ORDER_STATE_COMPLETED'
  | 7

/**
 * What the agent says about its order.
 */
export type OrderState__Output = typeof OrderState[keyof typeof OrderState]
