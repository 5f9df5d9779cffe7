// Original file: proto/parbake/v1/telemetry.proto


/**
 * How an instance's wall clock stands to the coordinator's, from a round trip.
 */
export interface Clock {
  /**
   * Add this to a time of the instance to have it on the coordinator's clock.
   */
  'offsetMs'?: (number | string);
  /**
   * The offset is right to within this: half of what the round trip took, and a
   * millisecond, since clocks are read in whole ones.
   */
  'uncertaintyMs'?: (number | string);
}

/**
 * How an instance's wall clock stands to the coordinator's, from a round trip.
 */
export interface Clock__Output {
  /**
   * Add this to a time of the instance to have it on the coordinator's clock.
   */
  'offsetMs': (number);
  /**
   * The offset is right to within this: half of what the round trip took, and a
   * millisecond, since clocks are read in whole ones.
   */
  'uncertaintyMs': (number);
}
