import { createHash, verify, type X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** Bytes. EC2's signed document has some 1,500. */
const maxLength = 16_384;
const signedData = '1.2.840.113549.1.7.2';
const data = '1.2.840.113549.1.7.1';
const sha256 = '2.16.840.1.101.3.4.2.1';
/** RSA with PKCS #1 v1.5, named without and with its hash. */
const rsa = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11'];
const contentType = '1.2.840.113549.1.9.3';
const messageDigest = '1.2.840.113549.1.9.4';

/** A CMS message that was read and not verified yet. */
export interface SignedContent {
  /** What was signed, if the signature holds: nothing else of the message is ever used. */
  readonly content: Buffer;
  readonly signer: Signer;
}

/** What the message says about its one signature. */
interface Signer {
  /** Issuer and serial number of the certificate, in DER. */
  readonly certificate: Buffer;
  readonly digestAlgorithm: string;
  /** The values of each attribute, by object identifier, in DER and in the order of the message. */
  readonly attributes: readonly { type: string; values: readonly Buffer[] }[];
  /** What the signature covers. */
  readonly signed: Buffer;
  readonly algorithm: string;
  readonly signature: Buffer;
}

/**
 * Reads a CMS SignedData (RFC 5652) with its content inside and one signature over signed attributes. The libraries for CMS
 * look for the signer among the certificates of the message, which is what must not happen here.
 * @param der hostile bytes, in BER or DER. @throws ParbakeError ATTESTATION_INVALID
 */
export function readSignedContent(der: Uint8Array): SignedContent {
  if (der.length > maxLength) throw invalid(`has more than ${maxLength} bytes`);
  const { result } = asn1.fromBER(der);
  const [type, wrapped] = partsOf(result);
  if (identifier(type) !== signedData) throw invalid('is not a CMS SignedData');
  const [message] = partsOf(wrapped, 0);
  const [, , encapsulated, ...rest] = partsOf(message);
  const [encapsulatedType, explicit] = partsOf(encapsulated);
  if (identifier(encapsulatedType) !== data || explicit === undefined) throw invalid('has no content');
  const [content] = partsOf(explicit, 0);
  // Certificates and revocations, where there are any, stand before the signatures.
  const signers = partsOf(rest.at(-1));
  const [signer] = signers;
  if (signers.length !== 1) throw invalid(`has ${signers.length} signatures, not one`);
  return { content: octets(content), signer: readSigner(signer) };
}

/**
 * Checks a message against the one certificate that may have signed it. Certificates in the message are never looked at.
 * @returns the content. @throws ParbakeError ATTESTATION_INVALID
 */
export function verifySignedContent({ content, signer }: SignedContent, pinned: X509Certificate): Buffer {
  if (!signer.certificate.equals(issuerAndSerial(pinned)))
    throw invalid('is signed with another certificate than that of its region');
  if (signer.digestAlgorithm !== sha256) throw invalid('does not use SHA-256');
  if (!rsa.includes(signer.algorithm) || pinned.publicKey.asymmetricKeyType !== 'rsa')
    throw invalid('does not use RSA with PKCS #1 v1.5');
  if (!isAttribute(signer, contentType, dataInDer)) throw invalid('signs another type of content');
  const digest = createHash('sha256').update(content).digest();
  if (!isAttribute(signer, messageDigest, Buffer.concat([digestHeader, digest])))
    throw invalid('does not sign its content');
  if (!verify('sha256', signer.signed, pinned.publicKey, signer.signature))
    throw invalid('has a signature that does not hold');
  return content;
}

/** Issuers and serials of the certificates of regions, which are few: reading one takes about a millisecond. */
const known = new WeakMap<X509Certificate, Buffer>();

/** The issuer and serial by which a signature names its certificate, in DER. */
function issuerAndSerial(certificate: X509Certificate): Buffer {
  const found = known.get(certificate);
  if (found !== undefined) return found;
  const [, serial, , issuer] = partsOf(partsOf(asn1.fromBER(certificate.raw).result)[0]);
  const read = Buffer.concat([rawOf(issuer), rawOf(serial)]);
  known.set(certificate, read);
  return read;
}

/** The object identifier `data` as the value of an attribute, and what stands before a SHA-256 digest as one. */
const dataInDer = Buffer.from('06092a864886f70d010701', 'hex');
const digestHeader = Buffer.from('0420', 'hex');

function readSigner(signer: asn1.AsnType | undefined): Signer {
  const [, certificate, digestAlgorithm, attributes, algorithm, signature] = partsOf(signer);
  if (!isTagged(attributes, 0)) throw invalid('has no signed attributes');
  // In the message they have the tag [0]; what is signed is the SET.
  const signed = rawOf(attributes);
  signed.writeUInt8(0x31, 0);
  return {
    certificate: Buffer.concat(partsOf(certificate).map(rawOf)),
    digestAlgorithm: identifier(partsOf(digestAlgorithm)[0]),
    attributes: partsOf(attributes, 0).map((attribute) => {
      const [type, values] = partsOf(attribute);
      return { type: identifier(type), values: partsOf(values).map(rawOf) };
    }),
    signed,
    algorithm: identifier(partsOf(algorithm)[0]),
    signature: octets(signature),
  };
}

/** Whether there is one attribute of this type, with this one value. */
function isAttribute({ attributes }: Signer, type: string, value: Buffer): boolean {
  const found = attributes.filter((attribute) => attribute.type === type);
  const [attribute] = found;
  return found.length === 1 && attribute?.values.length === 1 && attribute.values[0]?.equals(value) === true;
}

/** @param tag of a context-specific element; undefined for a SEQUENCE or a SET */
function partsOf(node: asn1.AsnType | undefined, tag?: number): asn1.AsnType[] {
  const isRight =
    tag === undefined ? node instanceof asn1.Sequence || node instanceof asn1.Set : isTagged(node, tag);
  if (!isRight || !(node instanceof asn1.Constructed)) throw invalid('is not a CMS SignedData');
  return node.valueBlock.value;
}

function isTagged(node: asn1.AsnType | undefined, tag: number): boolean {
  return node instanceof asn1.Constructed && node.idBlock.tagClass === 3 && node.idBlock.tagNumber === tag;
}

function identifier(node: asn1.AsnType | undefined): string {
  if (node instanceof asn1.ObjectIdentifier) return node.getValue();
  throw invalid('is not a CMS SignedData');
}

/** The bytes of an OCTET STRING, also of one in pieces. */
function octets(node: asn1.AsnType | undefined): Buffer {
  if (node instanceof asn1.OctetString) return Buffer.from(node.getValue());
  throw invalid('is not a CMS SignedData');
}

/** A copy of the element as it stands in the message. */
function rawOf(node: asn1.AsnType | undefined): Buffer {
  return Buffer.from(node?.valueBeforeDecodeView ?? []);
}

function invalid(problem: string): ParbakeError {
  return new ParbakeError('ATTESTATION_INVALID', `the signed identity document ${problem}`);
}
