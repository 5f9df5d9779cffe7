// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * A try of a pull that failed, and was made again.
 */
export interface PullRetry {
  /**
   * When it failed.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * Why: a stable code of docs/errors.md.
   */
  'reason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * How long the agent waited before it tried again.
   */
  'delay'?: (_google_protobuf_Duration | null);
}

/**
 * A try of a pull that failed, and was made again.
 */
export interface PullRetry__Output {
  /**
   * When it failed.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Why: a stable code of docs/errors.md.
   */
  'reason': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * How long the agent waited before it tried again.
   */
  'delay': (_google_protobuf_Duration__Output | null);
}
