// Original file: proto/parbake/v1/assignment.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * See AssignmentService.ExtendAssignment.
 */
export interface ExtendAssignmentRequest {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * How long it lives from now on: one second to ten years.
   */
  'ttl'?: (_google_protobuf_Duration | null);
}

/**
 * See AssignmentService.ExtendAssignment.
 */
export interface ExtendAssignmentRequest__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * How long it lives from now on: one second to ten years.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
}
