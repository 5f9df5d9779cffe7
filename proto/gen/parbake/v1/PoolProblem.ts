// Original file: proto/parbake/v1/pool.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * Something that keeps a pool from its target.
 */
export interface PoolProblem {
  /**
   * A code of the provider's, such as InsufficientInstanceCapacity, or of ours.
   */
  'code'?: (string);
  /**
   * What it means.
   */
  'message'?: (string);
  /**
   * When it is tried again. Absent when only a change ends it.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * Something that keeps a pool from its target.
 */
export interface PoolProblem__Output {
  /**
   * A code of the provider's, such as InsufficientInstanceCapacity, or of ours.
   */
  'code': (string);
  /**
   * What it means.
   */
  'message': (string);
  /**
   * When it is tried again. Absent when only a change ends it.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
