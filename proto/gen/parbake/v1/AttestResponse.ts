// Original file: proto/parbake/v1/attest.proto

import type { AttestChallenge as _parbake_v1_AttestChallenge, AttestChallenge__Output as _parbake_v1_AttestChallenge__Output } from '../../parbake/v1/AttestChallenge.ts';
import type { IssuedCertificate as _parbake_v1_IssuedCertificate, IssuedCertificate__Output as _parbake_v1_IssuedCertificate__Output } from '../../parbake/v1/IssuedCertificate.ts';

/**
 * From the coordinator to an instance.
 */
export interface AttestResponse {
  /**
   * The first message.
   */
  'challenge'?: (_parbake_v1_AttestChallenge | null);
  /**
   * The last message.
   */
  'certificate'?: (_parbake_v1_IssuedCertificate | null);
  /**
   * What it says.
   */
  'message'?: "challenge"|"certificate";
}

/**
 * From the coordinator to an instance.
 */
export interface AttestResponse__Output {
  /**
   * The first message.
   */
  'challenge'?: (_parbake_v1_AttestChallenge__Output | null);
  /**
   * The last message.
   */
  'certificate'?: (_parbake_v1_IssuedCertificate__Output | null);
  /**
   * What it says.
   */
  'message'?: "challenge"|"certificate";
}
