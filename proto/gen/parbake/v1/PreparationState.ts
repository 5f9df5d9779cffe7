// Original file: proto/parbake/v1/agent.proto

export const PreparationState = {
  PREPARATION_STATE_UNSPECIFIED: 'PREPARATION_STATE_UNSPECIFIED',
  PREPARATION_STATE_PREPARING: 'PREPARATION_STATE_PREPARING',
  PREPARATION_STATE_READY: 'PREPARATION_STATE_READY',
  PREPARATION_STATE_FAILED: 'PREPARATION_STATE_FAILED',
} as const;

export type PreparationState =
  | 'PREPARATION_STATE_UNSPECIFIED'
  | 0
  | 'PREPARATION_STATE_PREPARING'
  | 1
  | 'PREPARATION_STATE_READY'
  | 2
  | 'PREPARATION_STATE_FAILED'
  | 3

export type PreparationState__Output = typeof PreparationState[keyof typeof PreparationState]
