import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { explicit, sequence, tagged, tags } from '../../proto/wire/der.ts';

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
    tagged(explicit(0), ...attributes),
  );
  const signature = sign('sha256', info, key);
  return sequence(info, sequence(ecdsaWithSha256), tagged(tags.bits, Buffer.of(0), signature));
}

/** SubjectPublicKeyInfo in DER. */
export function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

/** Object identifiers with their tag: 1.2.840.113549.1.9.7 and 1.2.840.10045.4.3.2. */
const challengePassword = Buffer.from('06092a864886f70d010907', 'hex');
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');
