// Original file: proto/parbake/v1/assignment.proto

/**
 * Who caused the end of an attempt, which decides what happens next.
 */
export const Fault = {
  /**
   * Nobody's, or not known.
   */
  FAULT_UNSPECIFIED: 'FAULT_UNSPECIFIED',
  /**
   * The user's: a container exited, exceeded its own memory limit or did not become
   * ready. The assignment fails at once; one instance is retired.
   */
  FAULT_USER: 'FAULT_USER',
  /**
   * The machine's: Docker, disk, memory or network of the instance. The instance is
   * quarantined, and the next one is tried.
   */
  FAULT_MACHINE: 'FAULT_MACHINE',
  /**
   * The recipe's: an image that the registry does not have or does not give out. The
   * assignment fails at once.
   */
  FAULT_RECIPE: 'FAULT_RECIPE',
} as const;

/**
 * Who caused the end of an attempt, which decides what happens next.
 */
export type Fault =
  /**
   * Nobody's, or not known.
   */
  | 'FAULT_UNSPECIFIED'
  | 0
  /**
   * The user's: a container exited, exceeded its own memory limit or did not become
   * ready. The assignment fails at once; one instance is retired.
   */
  | 'FAULT_USER'
  | 1
  /**
   * The machine's: Docker, disk, memory or network of the instance. The instance is
   * quarantined, and the next one is tried.
   */
  | 'FAULT_MACHINE'
  | 2
  /**
   * The recipe's: an image that the registry does not have or does not give out. The
   * assignment fails at once.
   */
  | 'FAULT_RECIPE'
  | 3

/**
 * Who caused the end of an attempt, which decides what happens next.
 */
export type Fault__Output = typeof Fault[keyof typeof Fault]
