// Original file: proto/parbake/v1/attest.proto

import type { AwsEvidence as _parbake_v1_AwsEvidence, AwsEvidence__Output as _parbake_v1_AwsEvidence__Output } from '../../parbake/v1/AwsEvidence.ts';
import type { NoEvidence as _parbake_v1_NoEvidence, NoEvidence__Output as _parbake_v1_NoEvidence__Output } from '../../parbake/v1/NoEvidence.ts';

/**
 * From an instance to the coordinator: its answer to the challenge.
 */
export interface AttestRequest {
  /**
   * A PKCS #10 request in DER for a key on P-256 or P-384. Its challenge password is
   * the nonce in base64url without padding. Its subject and extensions are not used.
   */
  'certificateRequest'?: (Buffer | Uint8Array | string);
  /**
   * Who it says it is. Evidence of AWS names the instance itself and must say the same.
   */
  'instanceId'?: (string);
  /**
   * A token from an operator. An instance whose key is known may leave it empty.
   */
  'joinToken'?: (string);
  /**
   * What EC2 gives to its instances.
   */
  'aws'?: (_parbake_v1_AwsEvidence | null);
  /**
   * Nothing: for coordinators that admit what connects from their own machine.
   */
  'none'?: (_parbake_v1_NoEvidence | null);
  /**
   * What proves it.
   */
  'evidence'?: "joinToken"|"aws"|"none";
}

/**
 * From an instance to the coordinator: its answer to the challenge.
 */
export interface AttestRequest__Output {
  /**
   * A PKCS #10 request in DER for a key on P-256 or P-384. Its challenge password is
   * the nonce in base64url without padding. Its subject and extensions are not used.
   */
  'certificateRequest': (Buffer);
  /**
   * Who it says it is. Evidence of AWS names the instance itself and must say the same.
   */
  'instanceId': (string);
  /**
   * A token from an operator. An instance whose key is known may leave it empty.
   */
  'joinToken'?: (string);
  /**
   * What EC2 gives to its instances.
   */
  'aws'?: (_parbake_v1_AwsEvidence__Output | null);
  /**
   * Nothing: for coordinators that admit what connects from their own machine.
   */
  'none'?: (_parbake_v1_NoEvidence__Output | null);
  /**
   * What proves it.
   */
  'evidence'?: "joinToken"|"aws"|"none";
}
