// Original file: proto/parbake/v1/attest.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A certificate that proves which instance its holder is.
 */
export interface IssuedCertificate {
  /**
   * X.509 in DER: the instance's own, then those up to the root, without the root.
   */
  'chain'?: (Buffer | Uint8Array | string)[];
  /**
   * When it was issued, on the coordinator's clock.
   */
  'issueTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When it expires.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Grows with each certificate of this instance.
   */
  'generation'?: (number | string | Long);
}

/**
 * A certificate that proves which instance its holder is.
 */
export interface IssuedCertificate__Output {
  /**
   * X.509 in DER: the instance's own, then those up to the root, without the root.
   */
  'chain': (Buffer)[];
  /**
   * When it was issued, on the coordinator's clock.
   */
  'issueTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When it expires.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Grows with each certificate of this instance.
   */
  'generation': (number);
}
