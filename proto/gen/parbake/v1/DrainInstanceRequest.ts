// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.DrainInstance.
 */
export interface DrainInstanceRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
}

/**
 * See FleetService.DrainInstance.
 */
export interface DrainInstanceRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
}
