// Original file: proto/parbake/v1/pool.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * When machines without a user are replaced. One with a user never is.
 */
export interface PoolReplace {
  /**
   * Default 14 days.
   */
  'maxAge'?: (_google_protobuf_Duration | null);
  /**
   * Machines above the target while others are replaced, as a part of it, 0 to 1.
   * Default 0.1; at least one machine.
   */
  'surge'?: (number | string);
  /**
   * From the launch to the check-in. Default 5 min.
   */
  'bootTimeout'?: (_google_protobuf_Duration | null);
  /**
   * From the check-in to READY. Default 5 min.
   */
  'prepareTimeout'?: (_google_protobuf_Duration | null);
  /**
   * QUARANTINED machines that are kept to be looked at. Default 2.
   */
  'maxQuarantined'?: (number);
  /**
   * Part of max that it is raised by for silent machines, 0 to 1: they may be dead,
   * and must not keep a pool empty. Default 0.2.
   */
  'maxSilent'?: (number | string);
  '_maxSilent'?: "maxSilent";
}

/**
 * When machines without a user are replaced. One with a user never is.
 */
export interface PoolReplace__Output {
  /**
   * Default 14 days.
   */
  'maxAge': (_google_protobuf_Duration__Output | null);
  /**
   * Machines above the target while others are replaced, as a part of it, 0 to 1.
   * Default 0.1; at least one machine.
   */
  'surge': (number);
  /**
   * From the launch to the check-in. Default 5 min.
   */
  'bootTimeout': (_google_protobuf_Duration__Output | null);
  /**
   * From the check-in to READY. Default 5 min.
   */
  'prepareTimeout': (_google_protobuf_Duration__Output | null);
  /**
   * QUARANTINED machines that are kept to be looked at. Default 2.
   */
  'maxQuarantined': (number);
  /**
   * Part of max that it is raised by for silent machines, 0 to 1: they may be dead,
   * and must not keep a pool empty. Default 0.2.
   */
  'maxSilent'?: (number);
  '_maxSilent'?: "maxSilent";
}
