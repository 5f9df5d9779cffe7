// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

export interface ApplyRolesResponse {
  /**
   * The roles as they stand now.
   */
  'roles'?: (_parbake_v1_Role)[];
}

export interface ApplyRolesResponse__Output {
  /**
   * The roles as they stand now.
   */
  'roles': (_parbake_v1_Role__Output)[];
}
