// Original file: proto/parbake/v1/telemetry.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A file that was read beyond what is listed.
 */
export interface MissedFile {
  /**
   * From the root of the file system.
   */
  'path'?: (string);
  /**
   * Offset and length in bytes, one pair after the other.
   */
  'ranges'?: (number | string | Long)[];
}

/**
 * A file that was read beyond what is listed.
 */
export interface MissedFile__Output {
  /**
   * From the root of the file system.
   */
  'path': (string);
  /**
   * Offset and length in bytes, one pair after the other.
   */
  'ranges': (number)[];
}
