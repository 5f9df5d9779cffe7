import { createPrivateKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/asn1-x509';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** The CA, or the intermediate below an offline root, that signs the certificates of agents and assignments. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  /** What is sent after a certificate that it signed, in DER; empty for a root, which everybody has. */
  readonly chain: readonly Buffer[];
  /** What each certificate says about its issuer. */
  readonly name: x509.Name;
  readonly authorityKey: readonly x509.Extension[];
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
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const usageIds = { serverAuth: x509.id_kp_serverAuth, clientAuth: x509.id_kp_clientAuth } as const;

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
      name: parts.subject,
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
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const toBeSigned = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: exact(serial),
    signature: algorithm,
    issuer: issuer.name,
    validity: new x509.Validity({
      notBefore: new Date(now - backdated),
      notAfter: new Date(expireTime),
    }),
    subject: new x509.Name([]),
    subjectPublicKeyInfo: AsnConvert.parse(spki, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: false }), true),
      extension(x509.id_ce_keyUsage, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature), true),
      extension(
        x509.id_ce_extKeyUsage,
        new x509.ExtendedKeyUsage(usages.map((usage) => usageIds[usage])),
        true,
      ),
      // The subject is empty, so that RFC 5280 wants this one critical.
      extension(
        x509.id_ce_subjectAltName,
        new x509.SubjectAlternativeName([
          new x509.GeneralName({ uniformResourceIdentifier: uri }),
          ...hosts.map((dNSName) => new x509.GeneralName({ dNSName })),
        ]),
        true,
      ),
      ...issuer.authorityKey,
    ]),
  });
  const signed = AsnConvert.serialize(toBeSigned);
  const certificate = new x509.Certificate({
    tbsCertificate: toBeSigned,
    signatureAlgorithm: algorithm,
    signatureValue: exact(sign('sha256', Buffer.from(signed), issuer.key)),
  });
  const der = Buffer.from(AsnConvert.serialize(certificate));
  return { certificate: der, serial: serial.toString('hex').toUpperCase(), expireTime };
}

/** Names the issuer's key where it has an identifier, for verifiers that know several CAs of one name. */
function authorityKey({ extensions = new x509.Extensions() }: x509.TBSCertificate): x509.Extension[] {
  const found = extensions.find(({ extnID }) => extnID === x509.id_ce_subjectKeyIdentifier);
  if (found === undefined) return [];
  const keyIdentifier = AsnConvert.parse(found.extnValue, x509.SubjectKeyIdentifier);
  return [
    extension(x509.id_ce_authorityKeyIdentifier, new x509.AuthorityKeyIdentifier({ keyIdentifier }), false),
  ];
}

function extension(extnID: string, value: unknown, critical: boolean): x509.Extension {
  return new x509.Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/** The library reads the whole buffer that is below a Node Buffer, which may be a pool. */
function exact(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
