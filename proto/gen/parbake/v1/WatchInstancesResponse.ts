// Original file: proto/parbake/v1/fleet.proto

import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from '../../parbake/v1/Instance.ts';

export interface WatchInstancesResponse {
  'instance'?: (_parbake_v1_Instance | null);
}

export interface WatchInstancesResponse__Output {
  'instance': (_parbake_v1_Instance__Output | null);
}
