// Original file: proto/parbake/v1/agent.proto

import type { PreparationState as _parbake_v1_PreparationState, PreparationState__Output as _parbake_v1_PreparationState__Output } from '../../parbake/v1/PreparationState.ts';

/**
 * How far an instance is prepared, and why no further.
 */
export interface Preparation {
  /**
   * How far it is.
   */
  'state'?: (_parbake_v1_PreparationState);
  /**
   * Why it FAILED, or what is retried: a stable code of docs/errors.md.
   */
  'reason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
}

/**
 * How far an instance is prepared, and why no further.
 */
export interface Preparation__Output {
  /**
   * How far it is.
   */
  'state': (_parbake_v1_PreparationState__Output);
  /**
   * Why it FAILED, or what is retried: a stable code of docs/errors.md.
   */
  'reason': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
}
