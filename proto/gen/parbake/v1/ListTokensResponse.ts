// Original file: proto/parbake/v1/attest.proto

import type { AccessToken as _parbake_v1_AccessToken, AccessToken__Output as _parbake_v1_AccessToken__Output } from '../../parbake/v1/AccessToken.ts';

/**
 * See TrustService.ListTokens.
 */
export interface ListTokensResponse {
  /**
   * Every valid token.
   */
  'tokens'?: (_parbake_v1_AccessToken)[];
}

/**
 * See TrustService.ListTokens.
 */
export interface ListTokensResponse__Output {
  /**
   * Every valid token.
   */
  'tokens': (_parbake_v1_AccessToken__Output)[];
}
