// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

/**
 * See FleetService.ApplyRoles.
 */
export interface ApplyRolesRequest {
  /**
   * At least one.
   */
  'roles'?: (_parbake_v1_Role)[];
}

/**
 * See FleetService.ApplyRoles.
 */
export interface ApplyRolesRequest__Output {
  /**
   * At least one.
   */
  'roles': (_parbake_v1_Role__Output)[];
}
