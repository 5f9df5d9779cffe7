// Original file: proto/parbake/v1/agent.proto

/**
 * What the instance should be doing.
 */
export const DesiredPhase = {
  /**
   * The server never sends it.
   */
  DESIRED_PHASE_UNSPECIFIED: 'DESIRED_PHASE_UNSPECIFIED',
  /**
   * Be prepared and wait.
   */
  DESIRED_PHASE_IDLE: 'DESIRED_PHASE_IDLE',
  /**
   * Run the order's role for its user.
   */
  DESIRED_PHASE_RUN: 'DESIRED_PHASE_RUN',
  /**
   * Stop and remove the user's containers. The instance is not used again.
   */
  DESIRED_PHASE_STOP: 'DESIRED_PHASE_STOP',
} as const;

/**
 * What the instance should be doing.
 */
export type DesiredPhase =
  /**
   * The server never sends it.
   */
  | 'DESIRED_PHASE_UNSPECIFIED'
  | 0
  /**
   * Be prepared and wait.
   */
  | 'DESIRED_PHASE_IDLE'
  | 1
  /**
   * Run the order's role for its user.
   */
  | 'DESIRED_PHASE_RUN'
  | 2
  /**
   * Stop and remove the user's containers. The instance is not used again.
   */
  | 'DESIRED_PHASE_STOP'
  | 3

/**
 * What the instance should be doing.
 */
export type DesiredPhase__Output = typeof DesiredPhase[keyof typeof DesiredPhase]
