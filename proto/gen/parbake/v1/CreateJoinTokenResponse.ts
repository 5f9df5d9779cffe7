// Original file: proto/parbake/v1/attest.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * See TrustService.CreateJoinToken.
 */
export interface CreateJoinTokenResponse {
  /**
   * The token. The coordinator keeps only its hash, so nobody sees it again.
   */
  'joinToken'?: (string);
  /**
   * When it expires.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * See TrustService.CreateJoinToken.
 */
export interface CreateJoinTokenResponse__Output {
  /**
   * The token. The coordinator keeps only its hash, so nobody sees it again.
   */
  'joinToken': (string);
  /**
   * When it expires.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
