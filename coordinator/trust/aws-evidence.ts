import type { X509Certificate } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readSignedContent, verifySignedContent } from './signed-content.ts';

/** What EC2 says about an instance in the document that it signs. */
export interface IdentityDocument {
  accountId: string;
  region: string;
  instanceId: string;
  imageId: string;
  privateIp: string;
  /** When the instance was started last, in milliseconds since the epoch. */
  pendingTime: number;
}

const patterns = {
  accountId: /^\d{12}$/,
  region: /^[a-z]{2,4}(-[a-z]+)+-\d$/,
  instanceId: /^i-[0-9a-f]{8,17}$/,
  imageId: /^ami-[0-9a-f]{8,17}$/,
  pendingTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
};

/** A name of EC2's, which nobody but EC2 may give an instance. */
export function isEc2InstanceId(instanceId: string): boolean {
  return patterns.instanceId.test(instanceId);
}

export function isRegion(text: string): boolean {
  return patterns.region.test(text);
}

/**
 * Verifies EC2's signed identity document (`rsa2048`). Its content names the region whose certificate must have signed
 * it, and those very bytes are what is verified and what is used.
 * @param text base64, as the metadata service gives it. @param certificates by region, from the operator
 * @throws ParbakeError ATTESTATION_INVALID; ATTESTATION_REFUSED for a region without a certificate
 */
export function verifyIdentityDocument(
  text: string,
  certificates: ReadonlyMap<string, X509Certificate>,
): IdentityDocument {
  if (!/^[A-Za-z0-9+/=\s]{1,24576}$/.test(text)) throw invalid('is not base64');
  const signed = readSignedContent(Buffer.from(text, 'base64'));
  const document = parsedDocument(signed.content);
  const pinned = certificates.get(document.region);
  if (pinned === undefined)
    throw new ParbakeError(
      'ATTESTATION_REFUSED',
      `the attestation policy has no certificate for the region ${document.region}`,
    );
  verifySignedContent(signed, pinned);
  return document;
}

function parsedDocument(content: Buffer): IdentityDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString());
  } catch (cause) {
    throw invalid('is not JSON', cause);
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalid('is not an object');
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const field = (name: keyof typeof patterns): string => {
    const value = fields.get(name);
    if (typeof value !== 'string' || !patterns[name].test(value)) throw invalid(`has no valid ${name}`);
    return value;
  };
  const privateIp = fields.get('privateIp');
  return {
    accountId: field('accountId'),
    region: field('region'),
    instanceId: field('instanceId'),
    imageId: field('imageId'),
    privateIp: typeof privateIp === 'string' && /^[0-9a-f.:]{2,45}$/i.test(privateIp) ? privateIp : '',
    pendingTime: Date.parse(field('pendingTime')),
  };
}

function invalid(problem: string, cause?: unknown): ParbakeError {
  return new ParbakeError('ATTESTATION_INVALID', `the signed identity document ${problem}`, { cause });
}
