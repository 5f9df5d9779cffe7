// Original file: proto/parbake/v1/assignment.proto

/**
 * Where an assignment is in its life.
 */
export const AssignmentState = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   * In a filter: any state.
   */
  ASSIGNMENT_STATE_UNSPECIFIED: 'ASSIGNMENT_STATE_UNSPECIFIED',
  /**
   * Accepted; it has no instance yet.
   */
  ASSIGNMENT_STATE_PENDING: 'ASSIGNMENT_STATE_PENDING',
  /**
   * An instance is taken for it, durably. Which one is provisional until DELIVERED.
   */
  ASSIGNMENT_STATE_CLAIMED: 'ASSIGNMENT_STATE_CLAIMED',
  /**
   * The instance's agent has the order.
   */
  ASSIGNMENT_STATE_DELIVERED: 'ASSIGNMENT_STATE_DELIVERED',
  /**
   * Containers are being started.
   */
  ASSIGNMENT_STATE_STARTING: 'ASSIGNMENT_STATE_STARTING',
  /**
   * Every container runs, and its readiness check passed.
   */
  ASSIGNMENT_STATE_SERVING: 'ASSIGNMENT_STATE_SERVING',
  /**
   * Containers are being stopped and removed.
   */
  ASSIGNMENT_STATE_RELEASING: 'ASSIGNMENT_STATE_RELEASING',
  /**
   * Released by the caller or an operator. Final.
   */
  ASSIGNMENT_STATE_RELEASED: 'ASSIGNMENT_STATE_RELEASED',
  /**
   * It could not be served, or its containers or its instance failed; see `reason`.
   * Final.
   */
  ASSIGNMENT_STATE_FAILED: 'ASSIGNMENT_STATE_FAILED',
  /**
   * Its `ttl` is over. Final.
   */
  ASSIGNMENT_STATE_EXPIRED: 'ASSIGNMENT_STATE_EXPIRED',
  /**
   * Every essential container that is not restarted exited by itself with 0. Final.
   */
  ASSIGNMENT_STATE_COMPLETED: 'ASSIGNMENT_STATE_COMPLETED',
} as const;

/**
 * Where an assignment is in its life.
 */
export type AssignmentState =
  /**
   * The server never sends it. A client that sees it is older than the server.
   * In a filter: any state.
   */
  | 'ASSIGNMENT_STATE_UNSPECIFIED'
  | 0
  /**
   * Accepted; it has no instance yet.
   */
  | 'ASSIGNMENT_STATE_PENDING'
  | 1
  /**
   * An instance is taken for it, durably. Which one is provisional until DELIVERED.
   */
  | 'ASSIGNMENT_STATE_CLAIMED'
  | 2
  /**
   * The instance's agent has the order.
   */
  | 'ASSIGNMENT_STATE_DELIVERED'
  | 3
  /**
   * Containers are being started.
   */
  | 'ASSIGNMENT_STATE_STARTING'
  | 4
  /**
   * Every container runs, and its readiness check passed.
   */
  | 'ASSIGNMENT_STATE_SERVING'
  | 5
  /**
   * Containers are being stopped and removed.
   */
  | 'ASSIGNMENT_STATE_RELEASING'
  | 6
  /**
   * Released by the caller or an operator. Final.
   */
  | 'ASSIGNMENT_STATE_RELEASED'
  | 7
  /**
   * It could not be served, or its containers or its instance failed; see `reason`.
   * Final.
   */
  | 'ASSIGNMENT_STATE_FAILED'
  | 8
  /**
   * Its `ttl` is over. Final.
   */
  | 'ASSIGNMENT_STATE_EXPIRED'
  | 9
  /**
   * Every essential container that is not restarted exited by itself with 0. Final.
   */
  | 'ASSIGNMENT_STATE_COMPLETED'
  | 10

/**
 * Where an assignment is in its life.
 */
export type AssignmentState__Output = typeof AssignmentState[keyof typeof AssignmentState]
