import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AttributeValue } from '@peculiar/asn1-x509';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** The only part of a request that a certificate takes over, with what the request proves about it. */
export interface ProvenKey {
  publicKey: KeyObject;
  /** SubjectPublicKeyInfo in DER, encoded anew: two requests with the same key have the same bytes. */
  spki: Buffer;
  /** The challenge password, which the key signed; undefined without one. */
  challenge: string | undefined;
}

/** Bytes. A request with a P-384 key and a challenge has some 500. */
const maxLength = 4_096;
const curves = ['prime256v1', 'secp384r1'];
/** ECDSA with SHA-256, SHA-384 and SHA-512, by object identifier. */
const hashes = new Map([
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);
const challengePassword = '1.2.840.113549.1.9.7';

/**
 * Reads a PKCS #10 request and checks that its sender has the key. Subject and extensions are what the sender wishes, so
 * nobody reads them.
 * @param der hostile bytes. @throws ParbakeError ATTESTATION_INVALID
 */
export function readCertificateRequest(der: Uint8Array): ProvenKey {
  if (der.length > maxLength) throw invalid(`has more than ${maxLength} bytes`);
  const request = parsed(der);
  const { certificationRequestInfoRaw: signed, certificationRequestInfo: info } = request;
  const hash = hashes.get(request.signatureAlgorithm.algorithm);
  if (hash === undefined) throw invalid('is signed with another algorithm than ECDSA with SHA-2');
  const publicKey = keyOf(Buffer.from(AsnConvert.serialize(info.subjectPKInfo)));
  if (signed === undefined || !isSigned(hash, Buffer.from(signed), publicKey, Buffer.from(request.signature)))
    throw invalid('is not signed by its own key');
  const challenges = (info.attributes ?? []).filter(({ type }) => type === challengePassword);
  const [challenge] = challenges;
  if (challenges.length > 1 || (challenge !== undefined && challenge.values.length !== 1))
    throw invalid('has more than one challenge');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { publicKey, spki, challenge: challenge === undefined ? undefined : textOf(challenge.values[0]) };
}

/** Names a key in logs, in the store and on the operator's terminal. @param spki as in `ProvenKey` */
export function keyFingerprint(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

function parsed(der: Uint8Array): CertificationRequest {
  try {
    return AsnConvert.parse(der, CertificationRequest);
  } catch (cause) {
    throw invalid('is not PKCS #10 in DER', cause);
  }
}

function keyOf(spki: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (cause) {
    throw invalid('has no readable public key', cause);
  }
  if (key.asymmetricKeyType !== 'ec' || !curves.includes(key.asymmetricKeyDetails?.namedCurve ?? ''))
    throw invalid('has a key that is neither on P-256 nor on P-384');
  return key;
}

function isSigned(hash: string, signed: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    // OpenSSL throws for a signature that it cannot even decode.
    return false;
  }
}

function textOf(value: ArrayBuffer | undefined): string {
  try {
    return AsnConvert.parse(value ?? new ArrayBuffer(0), AttributeValue).toString();
  } catch (cause) {
    throw invalid('has a challenge that is not text', cause);
  }
}

function invalid(problem: string, cause?: unknown): ParbakeError {
  return new ParbakeError('ATTESTATION_INVALID', `the certificate request ${problem}`, { cause });
}
