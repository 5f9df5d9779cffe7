import { createPrivateKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/asn1-x509';
import { ObjectIdentifier } from 'asn1js';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { explicit, implicit, sequence, tagged, tags } from '../../proto/wire/der.ts';

/** The CA, or the intermediate below an offline root, that signs the certificates of agents and assignments. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  /** What is sent after a certificate that it signed, in DER; empty for a root, which everybody has. */
  readonly chain: readonly Buffer[];
  /** What each certificate says about its issuer, in DER. */
  readonly name: Buffer;
  readonly authorityKey: readonly Buffer[];
}

/** A certificate that was issued. */
export interface IssuedCertificate {
  /** In DER. */
  certificate: Buffer;
  /** As `X509Certificate.serialNumber` prints it. */
  serial: string;
  /** Milliseconds since the epoch. */
  expireTime: number;
}

/** Milliseconds by which a certificate is valid earlier than now: the clocks of instances differ. */
const backdated = 60_000;

// What many certificates have alike is written once: with the library's types, a certificate takes ten times as long.
const signatureAlgorithm = sequence(objectId('1.2.840.10045.4.3.2'));
const subjectAltName = objectId(x509.id_ce_subjectAltName);
const usageIds = {
  serverAuth: objectId(x509.id_kp_serverAuth),
  clientAuth: objectId(x509.id_kp_clientAuth),
} as const;
const extKeyUsage = objectId(x509.id_ce_extKeyUsage);
const constantExtensions = [
  extension(
    objectId(x509.id_ce_basicConstraints),
    serialized(new x509.BasicConstraints({ cA: false })),
    true,
  ),
  extension(
    objectId(x509.id_ce_keyUsage),
    serialized(new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
    true,
  ),
];

/**
 * Checks that the key may and can sign certificates.
 * @param pem the issuer's own certificate first, then those above it. @throws ParbakeError TLS_INVALID
 */
export function readIssuer(pem: Buffer, keyPem: Buffer): Issuer {
  try {
    const [certificate, ...above] = certificatesIn(pem);
    const key = createPrivateKey(keyPem);
    if (certificate === undefined) throw new Error('there is no certificate in PEM');
    if (!certificate.ca) throw new Error('its certificate is not that of a CA');
    if (!certificate.checkPrivateKey(key)) throw new Error('its key does not belong to its certificate');
    if (key.asymmetricKeyType !== 'ec') throw new Error('its key is not an elliptic-curve key');
    const isRoot = certificate.checkIssued(certificate);
    const chain = isRoot ? [] : [certificate, ...above.filter((one) => !one.checkIssued(one))];
    const parts = AsnConvert.parse(certificate.raw, x509.Certificate).tbsCertificate;
    return {
      certificate,
      key,
      chain: chain.map(({ raw }) => raw),
      name: serialized(parts.subject),
      authorityKey: authorityKey(parts),
    };
  } catch (cause) {
    throw new ParbakeError('TLS_INVALID', `the issuer of certificates: ${reasonOf(cause)}`, { cause });
  }
}

/** @throws Error when one of them cannot be read */
export function certificatesIn(pem: Buffer): X509Certificate[] {
  const found = pem.toString().match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((one) => new X509Certificate(one));
}

/** Everything in a certificate that its issuer does not decide. */
export interface CertificateContent {
  /** SubjectPublicKeyInfo in DER. */
  spki: Buffer;
  /** Who it is for. */
  uri: string;
  /** Host names that it is valid for. */
  hosts?: readonly string[];
  usages: readonly (keyof typeof usageIds)[];
  /** Milliseconds since the epoch. */
  now: number;
  /** Milliseconds. */
  lifetime: number;
}

/** Issues a certificate for a key. It never outlives its issuer's own. */
export function issueCertificate(
  issuer: Issuer,
  { spki, uri, hosts = [], usages, now, lifetime }: CertificateContent,
): IssuedCertificate {
  const expireTime = Math.min(now + lifetime, issuer.certificate.validToDate.getTime());
  const serial = randomBytes(16);
  // An INTEGER whose first bit is 0 and whose first byte is not: all certificates then have serials of one length.
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const names = sequence(
    tagged(implicit(6), Buffer.from(uri)),
    ...hosts.map((host) => tagged(implicit(2), Buffer.from(host))),
  );
  const purposes = sequence(...usages.map((usage) => usageIds[usage]));
  const extensions = sequence(
    ...constantExtensions,
    extension(extKeyUsage, purposes, true),
    // The subject is empty, so that RFC 5280 wants this one critical.
    extension(subjectAltName, names, true),
    ...issuer.authorityKey,
  );
  const toBeSigned = sequence(
    tagged(explicit(0), tagged(tags.integer, Buffer.of(x509.Version.v3))),
    tagged(tags.integer, serial),
    signatureAlgorithm,
    issuer.name,
    sequence(time(now - backdated), time(expireTime)),
    sequence(),
    spki,
    tagged(explicit(3), extensions),
  );
  const signature = tagged(tags.bits, Buffer.of(0), sign('sha256', toBeSigned, issuer.key));
  const certificate = sequence(toBeSigned, signatureAlgorithm, signature);
  return { certificate, serial: serial.toString('hex').toUpperCase(), expireTime };
}

/** Names the issuer's key where it has an identifier, for verifiers that know several CAs of one name. */
function authorityKey({ extensions = new x509.Extensions() }: x509.TBSCertificate): Buffer[] {
  const found = extensions.find(({ extnID }) => extnID === x509.id_ce_subjectKeyIdentifier);
  if (found === undefined) return [];
  const keyIdentifier = AsnConvert.parse(found.extnValue, x509.SubjectKeyIdentifier);
  const identifier = serialized(new x509.AuthorityKeyIdentifier({ keyIdentifier }));
  return [extension(objectId(x509.id_ce_authorityKeyIdentifier), identifier, false)];
}

/** @param id in DER */
function extension(id: Buffer, value: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? [tagged(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(id, ...critical, tagged(tags.octets, value));
}

function objectId(id: string): Buffer {
  return Buffer.from(new ObjectIdentifier({ value: id }).toBER());
}

/** @param ms since the epoch. By RFC 5280, years from 2050 on have another form. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return digits < '2050'
    ? tagged(tags.utcTime, Buffer.from(digits.slice(2)))
    : tagged(tags.generalizedTime, Buffer.from(digits));
}

function serialized(value: unknown): Buffer {
  return Buffer.from(AsnConvert.serialize(value));
}
