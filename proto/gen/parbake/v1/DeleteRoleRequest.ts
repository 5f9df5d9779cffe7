// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.DeleteRole.
 */
export interface DeleteRoleRequest {
  /**
   * The role's name.
   */
  'name'?: (string);
}

/**
 * See FleetService.DeleteRole.
 */
export interface DeleteRoleRequest__Output {
  /**
   * The role's name.
   */
  'name': (string);
}
