// Original file: proto/parbake/v1/assignment.proto

import type { AssignmentState as _parbake_v1_AssignmentState, AssignmentState__Output as _parbake_v1_AssignmentState__Output } from '../../parbake/v1/AssignmentState.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from '../../parbake/v1/Endpoint.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { AssignmentTimings as _parbake_v1_AssignmentTimings, AssignmentTimings__Output as _parbake_v1_AssignmentTimings__Output } from '../../parbake/v1/AssignmentTimings.ts';

/**
 * This instance belongs to this user, from now until release.
 */
export interface Assignment {
  'assignmentId'?: (string);
  'user'?: (string);
  'role'?: (string);
  'environment'?: (string);
  'state'?: (_parbake_v1_AssignmentState);
  /**
   * The instance; empty while PENDING.
   */
  'instanceId'?: (string);
  /**
   * Where the containers answer, once SERVING.
   */
  'endpoints'?: (_parbake_v1_Endpoint)[];
  'createTime'?: (_google_protobuf_Timestamp | null);
  'releaseTime'?: (_google_protobuf_Timestamp | null);
  /**
   * 1 for the first instance; rises when another had to be tried.
   */
  'attempt'?: (number);
  /**
   * Stable code and sentence; set when FAILED, or of the last failed attempt.
   */
  'failureReason'?: (string);
  'timings'?: (_parbake_v1_AssignmentTimings | null);
}

/**
 * This instance belongs to this user, from now until release.
 */
export interface Assignment__Output {
  'assignmentId': (string);
  'user': (string);
  'role': (string);
  'environment': (string);
  'state': (_parbake_v1_AssignmentState__Output);
  /**
   * The instance; empty while PENDING.
   */
  'instanceId': (string);
  /**
   * Where the containers answer, once SERVING.
   */
  'endpoints': (_parbake_v1_Endpoint__Output)[];
  'createTime': (_google_protobuf_Timestamp__Output | null);
  'releaseTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * 1 for the first instance; rises when another had to be tried.
   */
  'attempt': (number);
  /**
   * Stable code and sentence; set when FAILED, or of the last failed attempt.
   */
  'failureReason': (string);
  'timings': (_parbake_v1_AssignmentTimings__Output | null);
}
