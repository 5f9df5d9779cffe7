// Original file: proto/parbake/v1/agent.proto

/**
 * What the agent says about its order.
 */
export const OrderState = {
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
   * Containers are started; readiness is awaited.
   */
  ORDER_STATE_STARTED: 'ORDER_STATE_STARTED',
  /**
   * Every readiness check held.
   */
  ORDER_STATE_SERVING: 'ORDER_STATE_SERVING',
  /**
   * A container did not come up; see error.
   */
  ORDER_STATE_FAILED: 'ORDER_STATE_FAILED',
  /**
   * Containers are gone.
   */
  ORDER_STATE_STOPPED: 'ORDER_STATE_STOPPED',
} as const;

/**
 * What the agent says about its order.
 */
export type OrderState =
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
   * Containers are started; readiness is awaited.
   */
  | 'ORDER_STATE_STARTED'
  | 3
  /**
   * Every readiness check held.
   */
  | 'ORDER_STATE_SERVING'
  | 4
  /**
   * A container did not come up; see error.
   */
  | 'ORDER_STATE_FAILED'
  | 5
  /**
   * Containers are gone.
   */
  | 'ORDER_STATE_STOPPED'
  | 6

/**
 * What the agent says about its order.
 */
export type OrderState__Output = typeof OrderState[keyof typeof OrderState]
