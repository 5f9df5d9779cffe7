import { createHash, createHmac } from 'node:crypto';

/**
 * A call of STS's GetCallerIdentity that an instance signs with the credentials of its EC2 identity role, and that the
 * coordinator makes. Both build it here from the same few fields, so that nothing else of it can come from an instance.
 */
export interface CallerIdentityFields {
  region: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  date: string;
  sessionToken: string;
  /** Ties the call to one attestation and one key; see `attestationChallenge`. */
  challenge: string;
}

export const callerIdentityBody = 'Action=GetCallerIdentity&Version=2011-06-15';

const algorithm = 'AWS4-HMAC-SHA256';

/** What a signature covers besides the method, the path and the body; names in lower case, sorted. */
export function callerIdentityHeaders({ region, date, sessionToken, challenge }: CallerIdentityFields) {
  return {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: stsHost(region),
    'x-amz-date': date,
    'x-amz-security-token': sessionToken,
    'x-parbake-challenge': challenge,
  };
}

/** The regional endpoint; the Chinese regions have a domain of their own. */
export function stsHost(region: string): string {
  return `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** @returns the signature in hexadecimal digits, by AWS's Signature Version 4 */
export function signCallerIdentity(fields: CallerIdentityFields, secretAccessKey: string): string {
  const headers = callerIdentityHeaders(fields);
  const canonical = [
    'POST',
    '/',
    '',
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders(headers),
    sha256(callerIdentityBody),
  ].join('\n');
  const toSign = [algorithm, fields.date, scopeOf(fields), sha256(canonical)].join('\n');
  const day = fields.date.slice(0, 8);
  const key = [day, fields.region, 'sts', 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

export function callerIdentityAuthorization(
  fields: CallerIdentityFields,
  accessKeyId: string,
  signature: string,
): string {
  const credential = `Credential=${accessKeyId}/${scopeOf(fields)}`;
  const signed = `SignedHeaders=${signedHeaders(callerIdentityHeaders(fields))}`;
  return `${algorithm} ${credential}, ${signed}, Signature=${signature}`;
}

/**
 * What an instance puts into the call that proves it: worth nothing with another nonce or for another key.
 * @param nonce from the coordinator. @param spki the public key, SubjectPublicKeyInfo in DER
 */
export function attestationChallenge(nonce: Uint8Array, spki: Uint8Array): string {
  const separator = Buffer.of(0);
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from('parbake-attest-v1'), separator, nonce, separator, spki]))
    .digest('base64url');
}

function scopeOf({ date, region }: Pick<CallerIdentityFields, 'date' | 'region'>): string {
  return `${date.slice(0, 8)}/${region}/sts/aws4_request`;
}

function signedHeaders(headers: object): string {
  return Object.keys(headers).join(';');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
