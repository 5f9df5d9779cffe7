// Original file: proto/parbake/v1/attest.proto

import type { CallerIdentity as _parbake_v1_CallerIdentity, CallerIdentity__Output as _parbake_v1_CallerIdentity__Output } from '../../parbake/v1/CallerIdentity.ts';

/**
 * Two proofs, which must name the same account and instance. The attestation policy
 * says which of them are needed.
 */
export interface AwsEvidence {
  /**
   * `rsa2048` of the metadata service: the identity document with EC2's signature, in
   * base64. Empty without one.
   */
  'identityDocument'?: (string);
  /**
   * Absent without one.
   */
  'callerIdentity'?: (_parbake_v1_CallerIdentity | null);
}

/**
 * Two proofs, which must name the same account and instance. The attestation policy
 * says which of them are needed.
 */
export interface AwsEvidence__Output {
  /**
   * `rsa2048` of the metadata service: the identity document with EC2's signature, in
   * base64. Empty without one.
   */
  'identityDocument': (string);
  /**
   * Absent without one.
   */
  'callerIdentity': (_parbake_v1_CallerIdentity__Output | null);
}
