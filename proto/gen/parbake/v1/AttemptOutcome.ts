// Original file: proto/parbake/v1/assignment.proto

/**
 * How one attempt stands, or how it ended.
 */
export const AttemptOutcome = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  ATTEMPT_OUTCOME_UNSPECIFIED: 'ATTEMPT_OUTCOME_UNSPECIFIED',
  /**
   * It is the present attempt.
   */
  ATTEMPT_OUTCOME_RUNNING: 'ATTEMPT_OUTCOME_RUNNING',
  /**
   * Its containers exited by themselves with 0.
   */
  ATTEMPT_OUTCOME_COMPLETED: 'ATTEMPT_OUTCOME_COMPLETED',
  /**
   * It was released.
   */
  ATTEMPT_OUTCOME_RELEASED: 'ATTEMPT_OUTCOME_RELEASED',
  /**
   * It failed; see `fault`.
   */
  ATTEMPT_OUTCOME_FAILED: 'ATTEMPT_OUTCOME_FAILED',
  /**
   * The assignment's `ttl` was over.
   */
  ATTEMPT_OUTCOME_EXPIRED: 'ATTEMPT_OUTCOME_EXPIRED',
  /**
   * The agent did not confirm the order in time, so the next instance was tried.
   */
  ATTEMPT_OUTCOME_UNDELIVERED: 'ATTEMPT_OUTCOME_UNDELIVERED',
} as const;

/**
 * How one attempt stands, or how it ended.
 */
export type AttemptOutcome =
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  | 'ATTEMPT_OUTCOME_UNSPECIFIED'
  | 0
  /**
   * It is the present attempt.
   */
  | 'ATTEMPT_OUTCOME_RUNNING'
  | 1
  /**
   * Its containers exited by themselves with 0.
   */
  | 'ATTEMPT_OUTCOME_COMPLETED'
  | 2
  /**
   * It was released.
   */
  | 'ATTEMPT_OUTCOME_RELEASED'
  | 3
  /**
   * It failed; see `fault`.
   */
  | 'ATTEMPT_OUTCOME_FAILED'
  | 4
  /**
   * The assignment's `ttl` was over.
   */
  | 'ATTEMPT_OUTCOME_EXPIRED'
  | 5
  /**
   * The agent did not confirm the order in time, so the next instance was tried.
   */
  | 'ATTEMPT_OUTCOME_UNDELIVERED'
  | 6

/**
 * How one attempt stands, or how it ended.
 */
export type AttemptOutcome__Output = typeof AttemptOutcome[keyof typeof AttemptOutcome]
