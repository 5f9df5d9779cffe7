// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * One change of state, as the coordinator decided it.
 */
export interface Event {
  /**
   * When, on the coordinator's clock.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  'instanceId'?: (string);
  /**
   * The assignment whose state changed; empty when it was the instance's.
   */
  'assignmentId'?: (string);
  /**
   * What happened, such as `checked_in` or `serving`.
   */
  'event'?: (string);
  /**
   * The state after it, such as `READY`.
   */
  'state'?: (string);
  /**
   * Why, where there is a reason: a stable code and a sentence.
   */
  'reason'?: (string);
  /**
   * For WatchEvents, to go on after it. Set by the coordinator.
   */
  'cursor'?: (string);
}

/**
 * One change of state, as the coordinator decided it.
 */
export interface Event__Output {
  /**
   * When, on the coordinator's clock.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  'instanceId': (string);
  /**
   * The assignment whose state changed; empty when it was the instance's.
   */
  'assignmentId': (string);
  /**
   * What happened, such as `checked_in` or `serving`.
   */
  'event': (string);
  /**
   * The state after it, such as `READY`.
   */
  'state': (string);
  /**
   * Why, where there is a reason: a stable code and a sentence.
   */
  'reason': (string);
  /**
   * For WatchEvents, to go on after it. Set by the coordinator.
   */
  'cursor': (string);
}
