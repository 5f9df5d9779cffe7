// Original file: proto/parbake/v1/attest.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * See TrustService.CreateToken.
 */
export interface CreateTokenRequest {
  /**
   * Who shows it: `client/NAME`, `reader/NAME` or `operator/NAME`.
   */
  'principal'?: (string);
  /**
   * How long it is valid: 30 days when absent, at most 90 days.
   */
  'ttl'?: (_google_protobuf_Duration | null);
}

/**
 * See TrustService.CreateToken.
 */
export interface CreateTokenRequest__Output {
  /**
   * Who shows it: `client/NAME`, `reader/NAME` or `operator/NAME`.
   */
  'principal': (string);
  /**
   * How long it is valid: 30 days when absent, at most 90 days.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
}
