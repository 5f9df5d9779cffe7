// Original file: proto/parbake/v1/agent.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * A certificate of the coordinator's CA for the key in Hello.certificate_request. It is
 * valid for the host names of the assignment's routes, names the assignment in the URI
 * spiffe://TRUST-DOMAIN/assignment/ASSIGNMENT-ID, and is good for servers and clients.
 */
export interface AssignmentCertificate {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The certificate and then those above it but for the root, in DER.
   */
  'chain'?: (Buffer | Uint8Array | string)[];
  /**
   * The roots that verify it, in DER.
   */
  'authorities'?: (Buffer | Uint8Array | string)[];
  /**
   * When it expires: at most an hour after it was issued.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * A certificate of the coordinator's CA for the key in Hello.certificate_request. It is
 * valid for the host names of the assignment's routes, names the assignment in the URI
 * spiffe://TRUST-DOMAIN/assignment/ASSIGNMENT-ID, and is good for servers and clients.
 */
export interface AssignmentCertificate__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * The certificate and then those above it but for the root, in DER.
   */
  'chain': (Buffer)[];
  /**
   * The roots that verify it, in DER.
   */
  'authorities': (Buffer)[];
  /**
   * When it expires: at most an hour after it was issued.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
