// Original file: proto/parbake/v1/route.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * How far a publisher is.
 */
export interface Publisher {
  /**
   * Its name, as the coordinator was started with it.
   */
  'name'?: (string);
  /**
   * Everything up to this generation is visible.
   */
  'generation'?: (number | string | Long);
  /**
   * When it last said so. Absent before it did.
   */
  'confirmTime'?: (_google_protobuf_Timestamp | null);
  /**
   * What it could not do when it last tried. Empty when it could.
   */
  'error'?: (string);
}

/**
 * How far a publisher is.
 */
export interface Publisher__Output {
  /**
   * Its name, as the coordinator was started with it.
   */
  'name': (string);
  /**
   * Everything up to this generation is visible.
   */
  'generation': (number);
  /**
   * When it last said so. Absent before it did.
   */
  'confirmTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * What it could not do when it last tried. Empty when it could.
   */
  'error': (string);
}
