// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * One container brought up for an assignment.
 */
export interface ContainerStart {
  /**
   * The container's name in the role.
   */
  'name'?: (string);
  /**
   * The image reference of the recipe.
   */
  'image'?: (string);
  /**
   * The Engine's container id; empty when creation failed.
   */
  'containerId'?: (string);
  /**
   * When work on it began.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The Engine's create call.
   */
  'createDuration'?: (_google_protobuf_Duration | null);
  /**
   * The Engine's start call.
   */
  'startDuration'?: (_google_protobuf_Duration | null);
  /**
   * From the end of the start call until its readiness check passed.
   */
  'readyDuration'?: (_google_protobuf_Duration | null);
  /**
   * The assignment it belongs to.
   */
  'assignmentId'?: (string);
  /**
   * Why it did not come up: a stable code of docs/errors.md. Empty when it did.
   */
  'reason'?: (string);
  /**
   * How far it had been prepared before the order: none, create, start, pause, gate or hold.
   */
  'prepared'?: (string);
  /**
   * From the order until the container's own command ran or had read its order: what the
   * gate, the application or the unpause took. Absent when it was started for the order.
   */
  'execDuration'?: (_google_protobuf_Duration | null);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
}

/**
 * One container brought up for an assignment.
 */
export interface ContainerStart__Output {
  /**
   * The container's name in the role.
   */
  'name': (string);
  /**
   * The image reference of the recipe.
   */
  'image': (string);
  /**
   * The Engine's container id; empty when creation failed.
   */
  'containerId': (string);
  /**
   * When work on it began.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The Engine's create call.
   */
  'createDuration': (_google_protobuf_Duration__Output | null);
  /**
   * The Engine's start call.
   */
  'startDuration': (_google_protobuf_Duration__Output | null);
  /**
   * From the end of the start call until its readiness check passed.
   */
  'readyDuration': (_google_protobuf_Duration__Output | null);
  /**
   * The assignment it belongs to.
   */
  'assignmentId': (string);
  /**
   * Why it did not come up: a stable code of docs/errors.md. Empty when it did.
   */
  'reason': (string);
  /**
   * How far it had been prepared before the order: none, create, start, pause, gate or hold.
   */
  'prepared': (string);
  /**
   * From the order until the container's own command ran or had read its order: what the
   * gate, the application or the unpause took. Absent when it was started for the order.
   */
  'execDuration': (_google_protobuf_Duration__Output | null);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
}
