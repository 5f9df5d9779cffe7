// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

/**
 * One page.
 */
export interface ListRolesResponse {
  /**
   * By name.
   */
  'roles'?: (_parbake_v1_Role)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page.
 */
export interface ListRolesResponse__Output {
  /**
   * By name.
   */
  'roles': (_parbake_v1_Role__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
}
