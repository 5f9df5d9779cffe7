// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

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
  'code'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'reason'?: (string);
  /**
   * How long the next try was put off, in milliseconds.
   */
  'waitMs'?: (number | string);
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
  'code': (string);
  /**
   * The same as a sentence, for people.
   */
  'reason': (string);
  /**
   * How long the next try was put off, in milliseconds.
   */
  'waitMs': (number);
}
