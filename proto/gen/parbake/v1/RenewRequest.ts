// Original file: proto/parbake/v1/attest.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See AttestService.Renew.
 */
export interface RenewRequest {
  /**
   * As in AttestRequest, for a new key and without a challenge password.
   */
  'certificateRequest'?: (Buffer | Uint8Array | string);
  /**
   * Of the certificate that the call is made with.
   */
  'generation'?: (number | string | Long);
}

/**
 * See AttestService.Renew.
 */
export interface RenewRequest__Output {
  /**
   * As in AttestRequest, for a new key and without a challenge password.
   */
  'certificateRequest': (Buffer);
  /**
   * Of the certificate that the call is made with.
   */
  'generation': (number);
}
