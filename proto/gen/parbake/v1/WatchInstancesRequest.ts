// Original file: proto/parbake/v1/fleet.proto

import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';

/**
 * Filters are combined: an instance has to match them all.
 */
export interface WatchInstancesRequest {
  /**
   * Only instances that carry this role. Empty: any.
   */
  'role'?: (string);
  /**
   * Only instances in this state. UNSPECIFIED: in any.
   */
  'state'?: (_parbake_v1_InstanceState);
}

/**
 * Filters are combined: an instance has to match them all.
 */
export interface WatchInstancesRequest__Output {
  /**
   * Only instances that carry this role. Empty: any.
   */
  'role': (string);
  /**
   * Only instances in this state. UNSPECIFIED: in any.
   */
  'state': (_parbake_v1_InstanceState__Output);
}
