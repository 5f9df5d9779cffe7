// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

export interface ApplyRolesRequest {
  /**
   * At least one.
   */
  'roles'?: (_parbake_v1_Role)[];
}

export interface ApplyRolesRequest__Output {
  /**
   * At least one.
   */
  'roles': (_parbake_v1_Role__Output)[];
}
