// Original file: proto/parbake/v1/fleet.proto

import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';

export interface ListInstancesRequest {
  /**
   * Only instances that carry this role; empty for all.
   */
  'role'?: (string);
  /**
   * Only instances in this state; UNSPECIFIED for all.
   */
  'state'?: (_parbake_v1_InstanceState);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize'?: (number);
  /**
   * From a former answer.
   */
  'pageToken'?: (string);
}

export interface ListInstancesRequest__Output {
  /**
   * Only instances that carry this role; empty for all.
   */
  'role': (string);
  /**
   * Only instances in this state; UNSPECIFIED for all.
   */
  'state': (_parbake_v1_InstanceState__Output);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize': (number);
  /**
   * From a former answer.
   */
  'pageToken': (string);
}
