// Original file: proto/parbake/v1/fleet.proto

import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';

export interface WatchInstancesRequest {
  'role'?: (string);
  'state'?: (_parbake_v1_InstanceState);
}

export interface WatchInstancesRequest__Output {
  'role': (string);
  'state': (_parbake_v1_InstanceState__Output);
}
