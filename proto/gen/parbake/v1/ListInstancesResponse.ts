// Original file: proto/parbake/v1/fleet.proto

import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from '../../parbake/v1/Instance.ts';

/**
 * One page.
 */
export interface ListInstancesResponse {
  /**
   * By id.
   */
  'instances'?: (_parbake_v1_Instance)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page.
 */
export interface ListInstancesResponse__Output {
  /**
   * By id.
   */
  'instances': (_parbake_v1_Instance__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
}
