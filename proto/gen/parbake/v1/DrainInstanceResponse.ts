// Original file: proto/parbake/v1/fleet.proto

import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from '../../parbake/v1/Instance.ts';

/**
 * The instance as it stands now.
 */
export interface DrainInstanceResponse {
  /**
   * The instance.
   */
  'instance'?: (_parbake_v1_Instance | null);
}

/**
 * The instance as it stands now.
 */
export interface DrainInstanceResponse__Output {
  /**
   * The instance.
   */
  'instance': (_parbake_v1_Instance__Output | null);
}
