// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.GetInstance.
 */
export interface GetInstanceRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
}

/**
 * See FleetService.GetInstance.
 */
export interface GetInstanceRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
}
