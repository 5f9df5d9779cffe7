// Original file: proto/parbake/v1/assignment.proto

/**
 * What becomes of a machine once its assignment is over.
 */
export const AfterRelease = {
  /**
   * No instance was taken, or its machine is gone.
   */
  AFTER_RELEASE_UNSPECIFIED: 'AFTER_RELEASE_UNSPECIFIED',
  /**
   * It keeps running, and is not used again. Terminate it.
   */
  AFTER_RELEASE_KEEP: 'AFTER_RELEASE_KEEP',
  /**
   * Its agent powers it off once the containers are gone.
   */
  AFTER_RELEASE_POWEROFF: 'AFTER_RELEASE_POWEROFF',
  /**
   * The same, and EC2 then stops or terminates it, by its shutdown behavior.
   */
  AFTER_RELEASE_EC2_SHUTDOWN_BEHAVIOR: 'AFTER_RELEASE_EC2_SHUTDOWN_BEHAVIOR',
} as const;

/**
 * What becomes of a machine once its assignment is over.
 */
export type AfterRelease =
  /**
   * No instance was taken, or its machine is gone.
   */
  | 'AFTER_RELEASE_UNSPECIFIED'
  | 0
  /**
   * It keeps running, and is not used again. Terminate it.
   */
  | 'AFTER_RELEASE_KEEP'
  | 1
  /**
   * Its agent powers it off once the containers are gone.
   */
  | 'AFTER_RELEASE_POWEROFF'
  | 2
  /**
   * The same, and EC2 then stops or terminates it, by its shutdown behavior.
   */
  | 'AFTER_RELEASE_EC2_SHUTDOWN_BEHAVIOR'
  | 3

/**
 * What becomes of a machine once its assignment is over.
 */
export type AfterRelease__Output = typeof AfterRelease[keyof typeof AfterRelease]
