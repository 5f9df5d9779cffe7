// Original file: proto/parbake/v1/fleet.proto


/**
 * The role is forgotten.
 */
export interface DeleteRoleResponse {
}

/**
 * The role is forgotten.
 */
export interface DeleteRoleResponse__Output {
}
