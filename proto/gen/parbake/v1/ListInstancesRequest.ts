// Original file: proto/parbake/v1/fleet.proto

import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';

/**
 * Filters are combined: an instance has to match them all.
 */
export interface ListInstancesRequest {
  /**
   * Only instances that carry this role. Empty: any.
   */
  'role'?: (string);
  /**
   * Only instances in this state. UNSPECIFIED: in any.
   */
  'state'?: (_parbake_v1_InstanceState);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken'?: (string);
}

/**
 * Filters are combined: an instance has to match them all.
 */
export interface ListInstancesRequest__Output {
  /**
   * Only instances that carry this role. Empty: any.
   */
  'role': (string);
  /**
   * Only instances in this state. UNSPECIFIED: in any.
   */
  'state': (_parbake_v1_InstanceState__Output);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
}
