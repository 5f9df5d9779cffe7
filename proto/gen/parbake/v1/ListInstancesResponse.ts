// Original file: proto/parbake/v1/fleet.proto

import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from '../../parbake/v1/Instance.ts';

export interface ListInstancesResponse {
  'instances'?: (_parbake_v1_Instance)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken'?: (string);
}

export interface ListInstancesResponse__Output {
  'instances': (_parbake_v1_Instance__Output)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken': (string);
}
