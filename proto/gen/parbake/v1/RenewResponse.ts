// Original file: proto/parbake/v1/attest.proto

import type { IssuedCertificate as _parbake_v1_IssuedCertificate, IssuedCertificate__Output as _parbake_v1_IssuedCertificate__Output } from '../../parbake/v1/IssuedCertificate.ts';

/**
 * See AttestService.Renew.
 */
export interface RenewResponse {
  /**
   * The new certificate.
   */
  'certificate'?: (_parbake_v1_IssuedCertificate | null);
}

/**
 * See AttestService.Renew.
 */
export interface RenewResponse__Output {
  /**
   * The new certificate.
   */
  'certificate': (_parbake_v1_IssuedCertificate__Output | null);
}
