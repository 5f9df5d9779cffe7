// Original file: proto/parbake/v1/fleet.proto

import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from '../../parbake/v1/Instance.ts';

/**
 * One instance, as it is now.
 */
export interface WatchInstancesResponse {
  /**
   * The instance.
   */
  'instance'?: (_parbake_v1_Instance | null);
}

/**
 * One instance, as it is now.
 */
export interface WatchInstancesResponse__Output {
  /**
   * The instance.
   */
  'instance': (_parbake_v1_Instance__Output | null);
}
