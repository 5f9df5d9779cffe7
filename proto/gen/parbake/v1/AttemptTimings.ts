// Original file: proto/parbake/v1/assignment.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How long each step of an attempt took, from the attempt's start, on the
 * coordinator's monotonic clock. A step is absent until it has happened.
 */
export interface AttemptTimings {
  /**
   * The agent confirmed that it has the order.
   */
  'delivered'?: (_google_protobuf_Duration | null);
  /**
   * The agent reported that the containers were started.
   */
  'started'?: (_google_protobuf_Duration | null);
  /**
   * The agent reported that every readiness check passed.
   */
  'ready'?: (_google_protobuf_Duration | null);
}

/**
 * How long each step of an attempt took, from the attempt's start, on the
 * coordinator's monotonic clock. A step is absent until it has happened.
 */
export interface AttemptTimings__Output {
  /**
   * The agent confirmed that it has the order.
   */
  'delivered': (_google_protobuf_Duration__Output | null);
  /**
   * The agent reported that the containers were started.
   */
  'started': (_google_protobuf_Duration__Output | null);
  /**
   * The agent reported that every readiness check passed.
   */
  'ready': (_google_protobuf_Duration__Output | null);
}
