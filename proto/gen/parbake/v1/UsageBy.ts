// Original file: proto/parbake/v1/assignment.proto

/**
 * What usage is added up by.
 */
export const UsageBy = {
  /**
   * Refused.
   */
  USAGE_BY_UNSPECIFIED: 'USAGE_BY_UNSPECIFIED',
  /**
   * By the user of the assignments.
   */
  USAGE_BY_USER: 'USAGE_BY_USER',
  /**
   * By their environment.
   */
  USAGE_BY_ENVIRONMENT: 'USAGE_BY_ENVIRONMENT',
  /**
   * By their role.
   */
  USAGE_BY_ROLE: 'USAGE_BY_ROLE',
} as const;

/**
 * What usage is added up by.
 */
export type UsageBy =
  /**
   * Refused.
   */
  | 'USAGE_BY_UNSPECIFIED'
  | 0
  /**
   * By the user of the assignments.
   */
  | 'USAGE_BY_USER'
  | 1
  /**
   * By their environment.
   */
  | 'USAGE_BY_ENVIRONMENT'
  | 2
  /**
   * By their role.
   */
  | 'USAGE_BY_ROLE'
  | 3

/**
 * What usage is added up by.
 */
export type UsageBy__Output = typeof UsageBy[keyof typeof UsageBy]
