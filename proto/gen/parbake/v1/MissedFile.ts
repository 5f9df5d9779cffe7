// Original file: proto/parbake/v1/telemetry.proto

import type { Long } from '@grpc/proto-loader';

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
