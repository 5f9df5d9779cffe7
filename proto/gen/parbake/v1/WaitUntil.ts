// Original file: proto/parbake/v1/assignment.proto

/**
 * How far Assign waits before it answers.
 */
export const WaitUntil = {
  /**
   * As READY.
   */
  WAIT_UNTIL_UNSPECIFIED: 'WAIT_UNTIL_UNSPECIFIED',
  /**
   * An instance is taken, durably.
   */
  WAIT_UNTIL_CLAIMED: 'WAIT_UNTIL_CLAIMED',
  /**
   * The user's containers were started.
   */
  WAIT_UNTIL_EXEC: 'WAIT_UNTIL_EXEC',
  /**
   * Every readiness check passed.
   */
  WAIT_UNTIL_READY: 'WAIT_UNTIL_READY',
  /**
   * And every publisher has confirmed the assignment's routes: its names lead to it.
   */
  WAIT_UNTIL_ROUTED: 'WAIT_UNTIL_ROUTED',
} as const;

/**
 * How far Assign waits before it answers.
 */
export type WaitUntil =
  /**
   * As READY.
   */
  | 'WAIT_UNTIL_UNSPECIFIED'
  | 0
  /**
   * An instance is taken, durably.
   */
  | 'WAIT_UNTIL_CLAIMED'
  | 1
  /**
   * The user's containers were started.
   */
  | 'WAIT_UNTIL_EXEC'
  | 2
  /**
   * Every readiness check passed.
   */
  | 'WAIT_UNTIL_READY'
  | 3
  /**
   * And every publisher has confirmed the assignment's routes: its names lead to it.
   */
  | 'WAIT_UNTIL_ROUTED'
  | 4

/**
 * How far Assign waits before it answers.
 */
export type WaitUntil__Output = typeof WaitUntil[keyof typeof WaitUntil]
