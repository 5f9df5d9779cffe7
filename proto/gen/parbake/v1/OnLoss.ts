// Original file: proto/parbake/v1/instance.proto

/**
 * What happens to an assignment that serves when its instance fails. An assignment
 * never moves to another instance unless its role says so.
 */
export const OnLoss = {
  /**
   * As FAIL.
   */
  ON_LOSS_UNSPECIFIED: 'ON_LOSS_UNSPECIFIED',
  /**
   * The assignment becomes FAILED.
   */
  ON_LOSS_FAIL: 'ON_LOSS_FAIL',
  /**
   * The assignment continues on another instance, as a new attempt.
   */
  ON_LOSS_REPLACE: 'ON_LOSS_REPLACE',
} as const;

/**
 * What happens to an assignment that serves when its instance fails. An assignment
 * never moves to another instance unless its role says so.
 */
export type OnLoss =
  /**
   * As FAIL.
   */
  | 'ON_LOSS_UNSPECIFIED'
  | 0
  /**
   * The assignment becomes FAILED.
   */
  | 'ON_LOSS_FAIL'
  | 1
  /**
   * The assignment continues on another instance, as a new attempt.
   */
  | 'ON_LOSS_REPLACE'
  | 2

/**
 * What happens to an assignment that serves when its instance fails. An assignment
 * never moves to another instance unless its role says so.
 */
export type OnLoss__Output = typeof OnLoss[keyof typeof OnLoss]
