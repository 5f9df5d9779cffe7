// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { EventType as _parbake_v1_EventType, EventType__Output as _parbake_v1_EventType__Output } from '../../parbake/v1/EventType.ts';
import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';
import type { AssignmentState as _parbake_v1_AssignmentState, AssignmentState__Output as _parbake_v1_AssignmentState__Output } from '../../parbake/v1/AssignmentState.ts';

/**
 * One change of state, as the coordinator decided it.
 */
export interface Event {
  /**
   * When, on the coordinator's clock.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * The instance. Empty for an assignment that has none.
   */
  'instanceId'?: (string);
  /**
   * The assignment whose state changed. Empty when it was the instance's.
   */
  'assignmentId'?: (string);
  /**
   * What happened.
   */
  'type'?: (_parbake_v1_EventType);
  /**
   * When assignment_id is empty.
   */
  'instanceState'?: (_parbake_v1_InstanceState);
  /**
   * Why: a stable code of docs/errors.md. Empty without a reason.
   */
  'reason'?: (string);
  /**
   * WatchEvents resumes after this event with it.
   */
  'cursor'?: (string);
  /**
   * When assignment_id is not empty.
   */
  'assignmentState'?: (_parbake_v1_AssignmentState);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * The state after it.
   */
  'state'?: "instanceState"|"assignmentState";
}

/**
 * One change of state, as the coordinator decided it.
 */
export interface Event__Output {
  /**
   * When, on the coordinator's clock.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The instance. Empty for an assignment that has none.
   */
  'instanceId': (string);
  /**
   * The assignment whose state changed. Empty when it was the instance's.
   */
  'assignmentId': (string);
  /**
   * What happened.
   */
  'type': (_parbake_v1_EventType__Output);
  /**
   * When assignment_id is empty.
   */
  'instanceState'?: (_parbake_v1_InstanceState__Output);
  /**
   * Why: a stable code of docs/errors.md. Empty without a reason.
   */
  'reason': (string);
  /**
   * WatchEvents resumes after this event with it.
   */
  'cursor': (string);
  /**
   * When assignment_id is not empty.
   */
  'assignmentState'?: (_parbake_v1_AssignmentState__Output);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * The state after it.
   */
  'state'?: "instanceState"|"assignmentState";
}
