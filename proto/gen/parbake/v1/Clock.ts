// Original file: proto/parbake/v1/telemetry.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How an instance's wall clock stands to the coordinator's, from a round trip.
 */
export interface Clock {
  /**
   * Add this to a time of the instance to have it on the coordinator's clock.
   */
  'offset'?: (_google_protobuf_Duration | null);
  /**
   * The offset is right to within this: half of what the round trip took, and a
   * millisecond, since clocks are read in whole ones.
   */
  'uncertainty'?: (_google_protobuf_Duration | null);
}

/**
 * How an instance's wall clock stands to the coordinator's, from a round trip.
 */
export interface Clock__Output {
  /**
   * Add this to a time of the instance to have it on the coordinator's clock.
   */
  'offset': (_google_protobuf_Duration__Output | null);
  /**
   * The offset is right to within this: half of what the round trip took, and a
   * millisecond, since clocks are read in whole ones.
   */
  'uncertainty': (_google_protobuf_Duration__Output | null);
}
