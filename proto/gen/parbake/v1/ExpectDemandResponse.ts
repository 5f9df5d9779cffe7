// Original file: proto/parbake/v1/pool.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * They are expected.
 */
export interface ExpectDemandResponse {
  /**
   * Until when they are waited for.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * They are expected.
 */
export interface ExpectDemandResponse__Output {
  /**
   * Until when they are waited for.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
