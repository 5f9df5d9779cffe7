// Original file: proto/parbake/v1/fleet.proto

import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from '../../parbake/v1/Role.ts';

export interface ListRolesResponse {
  'roles'?: (_parbake_v1_Role)[];
}

export interface ListRolesResponse__Output {
  'roles': (_parbake_v1_Role__Output)[];
}
