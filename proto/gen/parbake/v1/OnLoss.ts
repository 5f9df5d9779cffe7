// Original file: proto/parbake/v1/instance.proto

/**
 * What happens to an assignment that was SERVING when its machine fails or is lost.
 */
export const OnLoss = {
  ON_LOSS_UNSPECIFIED: 'ON_LOSS_UNSPECIFIED',
  /**
   * The assignment fails, and its caller decides.
   */
  ON_LOSS_FAIL: 'ON_LOSS_FAIL',
  /**
   * The assignment gets another instance and starts there anew.
   */
  ON_LOSS_REPLACE: 'ON_LOSS_REPLACE',
} as const;

/**
 * What happens to an assignment that was SERVING when its machine fails or is lost.
 */
export type OnLoss =
  | 'ON_LOSS_UNSPECIFIED'
  | 0
  /**
   * The assignment fails, and its caller decides.
   */
  | 'ON_LOSS_FAIL'
  | 1
  /**
   * The assignment gets another instance and starts there anew.
   */
  | 'ON_LOSS_REPLACE'
  | 2

/**
 * What happens to an assignment that was SERVING when its machine fails or is lost.
 */
export type OnLoss__Output = typeof OnLoss[keyof typeof OnLoss]
