// Original file: proto/parbake/v1/attest.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * A token as the coordinator knows it: who shows it and until when, never the token.
 */
export interface AccessToken {
  /**
   * Names it in lists. The coordinator makes it.
   */
  'tokenId'?: (string);
  /**
   * Who shows it, such as `client/web`.
   */
  'principal'?: (string);
  /**
   * When it was made.
   */
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When it expires.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * A token as the coordinator knows it: who shows it and until when, never the token.
 */
export interface AccessToken__Output {
  /**
   * Names it in lists. The coordinator makes it.
   */
  'tokenId': (string);
  /**
   * Who shows it, such as `client/web`.
   */
  'principal': (string);
  /**
   * When it was made.
   */
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When it expires.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
