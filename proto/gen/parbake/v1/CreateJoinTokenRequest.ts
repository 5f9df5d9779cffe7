// Original file: proto/parbake/v1/attest.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * See TrustService.CreateJoinToken.
 */
export interface CreateJoinTokenRequest {
  /**
   * The only instance that it admits. Empty: any.
   */
  'instanceId'?: (string);
  /**
   * How long it is valid: 10 minutes when absent, at most 7 days.
   */
  'ttl'?: (_google_protobuf_Duration | null);
}

/**
 * See TrustService.CreateJoinToken.
 */
export interface CreateJoinTokenRequest__Output {
  /**
   * The only instance that it admits. Empty: any.
   */
  'instanceId': (string);
  /**
   * How long it is valid: 10 minutes when absent, at most 7 days.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
}
