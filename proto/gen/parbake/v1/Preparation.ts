// Original file: proto/parbake/v1/agent.proto

import type { PreparationState as _parbake_v1_PreparationState, PreparationState__Output as _parbake_v1_PreparationState__Output } from '../../parbake/v1/PreparationState.ts';

export interface Preparation {
  'state'?: (_parbake_v1_PreparationState);
  /**
   * Stable code and sentence, when FAILED.
   */
  'error'?: (string);
}

export interface Preparation__Output {
  'state': (_parbake_v1_PreparationState__Output);
  /**
   * Stable code and sentence, when FAILED.
   */
  'error': (string);
}
