// Original file: proto/parbake/v1/assignment.proto

/**
 * Where an assignment is in its life.
 */
export const AssignmentState = {
  /**
   * Never sent; a reader that sees it is older than the writer.
   */
  ASSIGNMENT_STATE_UNSPECIFIED: 'ASSIGNMENT_STATE_UNSPECIFIED',
  /**
   * Accepted; no instance yet.
   */
  ASSIGNMENT_STATE_PENDING: 'ASSIGNMENT_STATE_PENDING',
  /**
   * An instance is taken for it, durably.
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
   * Every container runs and its readiness check held.
   */
  ASSIGNMENT_STATE_SERVING: 'ASSIGNMENT_STATE_SERVING',
  /**
   * Containers are being taken down.
   */
  ASSIGNMENT_STATE_RELEASING: 'ASSIGNMENT_STATE_RELEASING',
  /**
   * Over.
   */
  ASSIGNMENT_STATE_RELEASED: 'ASSIGNMENT_STATE_RELEASED',
  /**
   * No instance could serve it; see failure_reason.
   */
  ASSIGNMENT_STATE_FAILED: 'ASSIGNMENT_STATE_FAILED',
  /**
   * It was not served in the time it was given.
   */
  ASSIGNMENT_STATE_EXPIRED: 'ASSIGNMENT_STATE_EXPIRED',
} as const;

/**
 * Where an assignment is in its life.
 */
export type AssignmentState =
  /**
   * Never sent; a reader that sees it is older than the writer.
   */
  | 'ASSIGNMENT_STATE_UNSPECIFIED'
  | 0
  /**
   * Accepted; no instance yet.
   */
  | 'ASSIGNMENT_STATE_PENDING'
  | 1
  /**
   * An instance is taken for it, durably.
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
   * Every container runs and its readiness check held.
   */
  | 'ASSIGNMENT_STATE_SERVING'
  | 5
  /**
   * Containers are being taken down.
   */
  | 'ASSIGNMENT_STATE_RELEASING'
  | 6
  /**
   * Over.
   */
  | 'ASSIGNMENT_STATE_RELEASED'
  | 7
  /**
   * No instance could serve it; see failure_reason.
   */
  | 'ASSIGNMENT_STATE_FAILED'
  | 8
  /**
   * It was not served in the time it was given.
   */
  | 'ASSIGNMENT_STATE_EXPIRED'
  | 9

/**
 * Where an assignment is in its life.
 */
export type AssignmentState__Output = typeof AssignmentState[keyof typeof AssignmentState]
