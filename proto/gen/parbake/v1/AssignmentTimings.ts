// Original file: proto/parbake/v1/assignment.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How long each step took, from the moment the coordinator received Assign, on
 * the coordinator's monotonic clock. Absent until the step has happened.
 */
export interface AssignmentTimings {
  /**
   * The claim was durable.
   */
  'claimed'?: (_google_protobuf_Duration | null);
  /**
   * The agent confirmed that it has the order.
   */
  'delivered'?: (_google_protobuf_Duration | null);
  /**
   * The agent reported that the containers were started.
   */
  'started'?: (_google_protobuf_Duration | null);
  /**
   * The agent reported that every readiness check held.
   */
  'ready'?: (_google_protobuf_Duration | null);
}

/**
 * How long each step took, from the moment the coordinator received Assign, on
 * the coordinator's monotonic clock. Absent until the step has happened.
 */
export interface AssignmentTimings__Output {
  /**
   * The claim was durable.
   */
  'claimed': (_google_protobuf_Duration__Output | null);
  /**
   * The agent confirmed that it has the order.
   */
  'delivered': (_google_protobuf_Duration__Output | null);
  /**
   * The agent reported that the containers were started.
   */
  'started': (_google_protobuf_Duration__Output | null);
  /**
   * The agent reported that every readiness check held.
   */
  'ready': (_google_protobuf_Duration__Output | null);
}
