// Original file: proto/parbake/v1/attest.proto


/**
 * A call of STS's GetCallerIdentity, signed with the credentials of the instance's
 * identity role. The coordinator makes the call, which it builds from these fields:
 * POST, the region's own endpoint, version 2011-06-15, and the header
 * `x-parbake-challenge` with base64url(SHA-256("parbake-attest-v1" 0x00 nonce 0x00
 * public key as SubjectPublicKeyInfo)).
 */
export interface CallerIdentity {
  /**
   * The region whose endpoint is called.
   */
  'region'?: (string);
  /**
   * When it was signed, as `YYYYMMDDTHHMMSSZ`.
   */
  'date'?: (string);
  /**
   * The credentials' access key id.
   */
  'accessKeyId'?: (string);
  /**
   * The credentials' session token.
   */
  'sessionToken'?: (string);
  /**
   * Signature Version 4, in hexadecimal.
   */
  'signature'?: (string);
}

/**
 * A call of STS's GetCallerIdentity, signed with the credentials of the instance's
 * identity role. The coordinator makes the call, which it builds from these fields:
 * POST, the region's own endpoint, version 2011-06-15, and the header
 * `x-parbake-challenge` with base64url(SHA-256("parbake-attest-v1" 0x00 nonce 0x00
 * public key as SubjectPublicKeyInfo)).
 */
export interface CallerIdentity__Output {
  /**
   * The region whose endpoint is called.
   */
  'region': (string);
  /**
   * When it was signed, as `YYYYMMDDTHHMMSSZ`.
   */
  'date': (string);
  /**
   * The credentials' access key id.
   */
  'accessKeyId': (string);
  /**
   * The credentials' session token.
   */
  'sessionToken': (string);
  /**
   * Signature Version 4, in hexadecimal.
   */
  'signature': (string);
}
