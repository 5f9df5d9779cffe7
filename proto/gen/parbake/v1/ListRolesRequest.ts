// Original file: proto/parbake/v1/fleet.proto


export interface ListRolesRequest {
}

export interface ListRolesRequest__Output {
}
