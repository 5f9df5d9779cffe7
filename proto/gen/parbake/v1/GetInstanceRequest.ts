// Original file: proto/parbake/v1/fleet.proto


export interface GetInstanceRequest {
  'instanceId'?: (string);
}

export interface GetInstanceRequest__Output {
  'instanceId': (string);
}
