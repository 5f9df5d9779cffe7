// Original file: proto/parbake/v1/attest.proto


/**
 * What the instance has to answer.
 */
export interface AttestChallenge {
  /**
   * 32 random bytes, which are worth nothing on another stream.
   */
  'nonce'?: (Buffer | Uint8Array | string);
  /**
   * The kinds of evidence that are accepted: `aws`, `join-token`, `none`.
   */
  'attestors'?: (string)[];
}

/**
 * What the instance has to answer.
 */
export interface AttestChallenge__Output {
  /**
   * 32 random bytes, which are worth nothing on another stream.
   */
  'nonce': (Buffer);
  /**
   * The kinds of evidence that are accepted: `aws`, `join-token`, `none`.
   */
  'attestors': (string)[];
}
