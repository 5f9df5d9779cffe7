// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.RetireInstance.
 */
export interface RetireInstanceRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
  /**
   * The operator knows that the machine does not run: the instance becomes LOST, and
   * its assignment fails or moves as its role's `on_loss` says. Refused while its agent
   * is connected.
   */
  'lost'?: (boolean);
}

/**
 * See FleetService.RetireInstance.
 */
export interface RetireInstanceRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
  /**
   * The operator knows that the machine does not run: the instance becomes LOST, and
   * its assignment fails or moves as its role's `on_loss` says. Refused while its agent
   * is connected.
   */
  'lost': (boolean);
}
