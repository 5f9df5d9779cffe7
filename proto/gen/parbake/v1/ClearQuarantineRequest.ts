// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.ClearQuarantine.
 */
export interface ClearQuarantineRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
}

/**
 * See FleetService.ClearQuarantine.
 */
export interface ClearQuarantineRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
}
