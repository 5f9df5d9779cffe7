import { createPublicKey, sign, type KeyObject } from 'node:crypto';

/**
 * A PKCS #10 request in DER, signed with the key. Subject and extensions stay empty: the coordinator takes nothing but the
 * key from it. A library for these 30 lines would cost the daemon more memory than all of its connection.
 * @param key on P-256. @param challenge what the coordinator wants to see signed; undefined for none
 */
export function certificateRequest(key: KeyObject, challenge: string | undefined): Buffer {
  const attributes =
    challenge === undefined
      ? []
      : [sequence(challengePassword, tagged(tags.set, tagged(tags.utf8, Buffer.from(challenge))))];
  const info = sequence(
    tagged(tags.integer, Buffer.of(0)),
    sequence(),
    publicKeyInfo(key),
    tagged(tags.attributes, ...attributes),
  );
  const signature = sign('sha256', info, key);
  return sequence(info, sequence(ecdsaWithSha256), tagged(tags.bits, Buffer.of(0), signature));
}

/** SubjectPublicKeyInfo in DER. */
export function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

const tags = { integer: 0x02, bits: 0x03, utf8: 0x0c, sequence: 0x30, set: 0x31, attributes: 0xa0 };
/** Object identifiers with their tag: 1.2.840.113549.1.9.7 and 1.2.840.10045.4.3.2. */
const challengePassword = Buffer.from('06092a864886f70d010907', 'hex');
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');

function sequence(...parts: Buffer[]): Buffer {
  return tagged(tags.sequence, ...parts);
}

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
