// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

/**
 * Every role that the coordinator knows.
 */
export interface ApplyRolesResponse {
  /**
   * By name.
   */
  'roles'?: (_parbake_v1_Role)[];
}

/**
 * Every role that the coordinator knows.
 */
export interface ApplyRolesResponse__Output {
  /**
   * By name.
   */
  'roles': (_parbake_v1_Role__Output)[];
}
