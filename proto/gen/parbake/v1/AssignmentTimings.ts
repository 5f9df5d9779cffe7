// Original file: proto/parbake/v1/assignment.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How long each step took, from the moment the coordinator received Assign, on the
 * coordinator's monotonic clock. A step is absent until it has happened, and after a
 * restart of the coordinator in between.
 */
export interface AssignmentTimings {
  /**
   * An instance was taken. What makes it durable follows within milliseconds, and the
   * answer waits for that.
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
   * The agent reported that every readiness check passed.
   */
  'ready'?: (_google_protobuf_Duration | null);
  /**
   * How long the request waited because no instance was free. It is part of the times
   * above.
   */
  'queued'?: (_google_protobuf_Duration | null);
  /**
   * Every publisher had confirmed the assignment's routes.
   */
  'routed'?: (_google_protobuf_Duration | null);
}

/**
 * How long each step took, from the moment the coordinator received Assign, on the
 * coordinator's monotonic clock. A step is absent until it has happened, and after a
 * restart of the coordinator in between.
 */
export interface AssignmentTimings__Output {
  /**
   * An instance was taken. What makes it durable follows within milliseconds, and the
   * answer waits for that.
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
   * The agent reported that every readiness check passed.
   */
  'ready': (_google_protobuf_Duration__Output | null);
  /**
   * How long the request waited because no instance was free. It is part of the times
   * above.
   */
  'queued': (_google_protobuf_Duration__Output | null);
  /**
   * Every publisher had confirmed the assignment's routes.
   */
  'routed': (_google_protobuf_Duration__Output | null);
}
