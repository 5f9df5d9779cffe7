// Original file: proto/parbake/v1/attest.proto

import type { AccessToken as _parbake_v1_AccessToken, AccessToken__Output as _parbake_v1_AccessToken__Output } from '../../parbake/v1/AccessToken.ts';

/**
 * See TrustService.CreateToken.
 */
export interface CreateTokenResponse {
  /**
   * The token itself. The coordinator keeps only its hash, so nobody sees it again.
   */
  'secret'?: (string);
  /**
   * What is kept of it.
   */
  'token'?: (_parbake_v1_AccessToken | null);
}

/**
 * See TrustService.CreateToken.
 */
export interface CreateTokenResponse__Output {
  /**
   * The token itself. The coordinator keeps only its hash, so nobody sees it again.
   */
  'secret': (string);
  /**
   * What is kept of it.
   */
  'token': (_parbake_v1_AccessToken__Output | null);
}
