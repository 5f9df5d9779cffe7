import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key by which an image's signature is checked. */
export interface SigningKey {
  key: KeyObject;
  /** SHA-256, hex, of the key as SubjectPublicKeyInfo in DER, whatever its PEM looks like. */
  sha256: string;
}

/** A key that cannot be used is a value, so that a recipe's mistakes can be collected. */
export type ParsedKey = { ok: true; key: SigningKey } | { ok: false; reason: string };

const label = /-----BEGIN ([A-Z0-9 ]+)-----/g;
const shortestRsa = 2048;

/** Reads what `cosign generate-key-pair` writes to cosign.pub, and other public keys whose signatures `verify` knows. */
export function parseSigningKey(pem: string): ParsedKey {
  const labels = [...pem.matchAll(label)].map(([, name = '']) => name);
  const [first] = labels;
  if (first === undefined) return refuse('it is not PEM, which begins with "-----BEGIN PUBLIC KEY-----"');
  // Node would take the public half of it, and the secret would be baked into somebody's habits.
  if (labels.some((name) => name.endsWith('PRIVATE KEY')))
    return refuse('it is a private key; name the public one, and keep this one off the builder');
  if (first === 'CERTIFICATE') return refuse('it is a certificate; only signatures by a key are checked');
  if (labels.length > 1 || first !== 'PUBLIC KEY')
    return refuse(
      `it has ${labels.join(', ')} where one PUBLIC KEY is wanted, as "cosign generate-key-pair" writes it`,
    );
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return refuse('its PEM holds no public key that can be read');
  }
  const reason = kindProblem(key);
  if (reason !== undefined) return refuse(reason);
  const der = key.export({ type: 'spki', format: 'der' });
  return { ok: true, key: { key, sha256: createHash('sha256').update(der).digest('hex') } };
}

/**
 * Kinds for which every cosign uses SHA-256, since no signature says which hash it is of. Its versions differ on other curves;
 * and for Ed25519 it hashes first, as OpenSSL does not.
 */
function kindProblem({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject) {
  const { namedCurve = '', modulusLength = 0 } = asymmetricKeyDetails ?? {};
  if (type === 'ec' && namedCurve === 'prime256v1') return undefined;
  if (type === 'rsa' && modulusLength >= shortestRsa) return undefined;
  const kind = type === 'rsa' ? `RSA of ${modulusLength} bits` : `${type ?? 'unknown'} ${namedCurve}`.trim();
  return `it is ${kind}; only ECDSA on P-256 and RSA of at least ${shortestRsa} bits are checked`;
}

function refuse(reason: string): ParsedKey {
  return { ok: false, reason };
}
