// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

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
   * The Engine's create call, in milliseconds.
   */
  'createMs'?: (number | string);
  /**
   * The Engine's start call, in milliseconds.
   */
  'startMs'?: (number | string);
  /**
   * From the end of the start call until its readiness check held.
   */
  'readyMs'?: (number | string);
  /**
   * The assignment it belongs to.
   */
  'assignmentId'?: (string);
  /**
   * Why it did not come up; empty when it did.
   */
  'error'?: (string);
  /**
   * How far it had been prepared before the order: none, create, start, pause or gate.
   */
  'prepared'?: (string);
  /**
   * From the order until the container's own command ran, in milliseconds: what the
   * gate or the unpause took. Absent when it was started for the order.
   */
  'execMs'?: (number | string);
  '_createMs'?: "createMs";
  '_startMs'?: "startMs";
  '_readyMs'?: "readyMs";
  '_execMs'?: "execMs";
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
   * The Engine's create call, in milliseconds.
   */
  'createMs'?: (number);
  /**
   * The Engine's start call, in milliseconds.
   */
  'startMs'?: (number);
  /**
   * From the end of the start call until its readiness check held.
   */
  'readyMs'?: (number);
  /**
   * The assignment it belongs to.
   */
  'assignmentId': (string);
  /**
   * Why it did not come up; empty when it did.
   */
  'error': (string);
  /**
   * How far it had been prepared before the order: none, create, start, pause or gate.
   */
  'prepared': (string);
  /**
   * From the order until the container's own command ran, in milliseconds: what the
   * gate or the unpause took. Absent when it was started for the order.
   */
  'execMs'?: (number);
  '_createMs'?: "createMs";
  '_startMs'?: "startMs";
  '_readyMs'?: "readyMs";
  '_execMs'?: "execMs";
}
