// Original file: proto/parbake/v1/assignment.proto

/**
 * What Assign does when a live assignment of the same user, role and environment
 * exists.
 */
export const IfExists = {
  /**
   * Makes another one.
   */
  IF_EXISTS_UNSPECIFIED: 'IF_EXISTS_UNSPECIFIED',
  /**
   * Returns the live one, when `env` and `files` are the same; otherwise
   * FAILED_PRECONDITION.
   */
  IF_EXISTS_RETURN: 'IF_EXISTS_RETURN',
  /**
   * Brings a new one to SERVING, and then releases the live one.
   */
  IF_EXISTS_REPLACE: 'IF_EXISTS_REPLACE',
} as const;

/**
 * What Assign does when a live assignment of the same user, role and environment
 * exists.
 */
export type IfExists =
  /**
   * Makes another one.
   */
  | 'IF_EXISTS_UNSPECIFIED'
  | 0
  /**
   * Returns the live one, when `env` and `files` are the same; otherwise
   * FAILED_PRECONDITION.
   */
  | 'IF_EXISTS_RETURN'
  | 1
  /**
   * Brings a new one to SERVING, and then releases the live one.
   */
  | 'IF_EXISTS_REPLACE'
  | 2

/**
 * What Assign does when a live assignment of the same user, role and environment
 * exists.
 */
export type IfExists__Output = typeof IfExists[keyof typeof IfExists]
