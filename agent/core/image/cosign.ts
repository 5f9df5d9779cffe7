import { verify } from 'node:crypto';
import { member, parseJson, textMember } from '../json.ts';
import type { SigningKey } from '../../../proto/recipe/signing-key.ts';

/**
 * Checks cosign's signatures of an image's digest in both formats: a payload with a detached signature
 * (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md), and since cosign 3 a Sigstore bundle with a signed
 * envelope (https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md). Claims about who
 * signed are never believed, and unsigned content is parsed only to find the signature. Each function says why one does not count.
 */

export const simpleSigningType = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const signatureAnnotation = 'dev.cosignproject.cosign/signature';
const payloadType = 'cosign container image signature';
const statementTypes = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
const envelopeType = 'application/vnd.in-toto+json';
/** Predicate of an image's signature. The same key may have made attestations of the same digest, which approve of nothing. */
const signPredicate = 'https://sigstore.dev/cosign/sign/v1';

export function isBundleType(mediaType: string): boolean {
  return mediaType.startsWith('application/vnd.dev.sigstore.bundle');
}

/**
 * @param payload as it is in the registry
 * @param signature base64
 * @returns undefined when the key signed that this digest is an image of its owner
 */
export function simpleSigningProblem(
  payload: string,
  signature: string,
  key: SigningKey,
  digest: string,
): string | undefined {
  if (!isSigned(Buffer.from(payload), signature, key)) return 'it is not by this key, or was changed';
  const signed = parseJson(payload);
  const critical = member(signed, 'critical');
  const type = member(critical, 'type');
  if (type !== payloadType) return `its key signed a ${JSON.stringify(type)} with it, which is not an image`;
  const named = member(member(critical, 'image'), 'docker-manifest-digest');
  return named === digest ? undefined : `it is of another image, ${JSON.stringify(named)}`;
}

/**
 * @param bundle as it is in the registry
 * @returns undefined when the key signed that this digest is an image of its owner
 */
export function bundleProblem(bundle: string, key: SigningKey, digest: string): string | undefined {
  const outer = parseJson(bundle);
  const envelope = member(outer, 'dsseEnvelope');
  if (envelope === undefined) return 'it has no signed envelope';
  const type = textMember(envelope, 'payloadType');
  const payload = Buffer.from(textMember(envelope, 'payload'), 'base64');
  const signatures = member(envelope, 'signatures');
  const isByKey = (Array.isArray(signatures) ? signatures : []).some((one: unknown) =>
    isSigned(preAuthenticated(type, payload), textMember(one, 'sig'), key),
  );
  if (!isByKey) return 'it is not by this key, or was changed';
  if (type !== envelopeType) return `its envelope holds ${JSON.stringify(type)}, which is not a statement`;
  const statement = parseJson(payload.toString('utf8'));
  if (!statementTypes.includes(textMember(statement, '_type'))) return 'its envelope holds no statement';
  const predicate = member(statement, 'predicateType');
  if (predicate !== signPredicate)
    return `it is an attestation of ${JSON.stringify(predicate)} and no signature`;
  const [algorithm = ''] = digest.split(':');
  const subjects = member(statement, 'subject');
  const named = (Array.isArray(subjects) ? subjects : []).map(
    (subject: unknown) => `${algorithm}:${textMember(member(subject, 'digest'), algorithm)}`,
  );
  return named.includes(digest) ? undefined : `it is of another image, ${named.join(', ') || 'none'}`;
}

/** The bytes that an envelope's signatures cover: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
function preAuthenticated(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function isSigned(data: Buffer, signature: string, { key }: SigningKey): boolean {
  try {
    return verify('sha256', data, key, Buffer.from(signature, 'base64'));
  } catch {
    // OpenSSL throws for bytes that no such key can have made.
    return false;
  }
}
