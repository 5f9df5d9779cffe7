import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleProblem, simpleSigningProblem } from '../../agent/core/image/cosign.ts';
import { parseSigningKey, type SigningKey } from '../../proto/recipe/signing-key.ts';
import { bundleOf, signatureOf, simplePayload } from '../support/cosign-sign.ts';

/** What cosign 3.1.3 itself wrote for one digest: with `generate-key-pair` and `import-key-pair`, `sign` in both formats, `attest`. */
const made = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/cosign.json'), 'utf8')) as {
  digest: string;
  payload: string;
  ecdsa: { key: string; signature: string; bundle: string };
  rsa: { key: string; signature: string; bundle: string };
  attestation: string;
};
const other = `sha256:${'0'.repeat(64)}`;
const changedText = 'it is not by this key, or was changed';

function keyOf(pem: string): SigningKey {
  const parsed = parseSigningKey(pem);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.key;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' });
}

function withPair(): { privateKey: KeyObject; key: SigningKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, key: keyOf(pemOf(publicKey)) };
}

describe.each(['ecdsa', 'rsa'] as const)('what cosign made with a key of %s', (kind) => {
  const { signature, bundle } = made[kind];
  const key = keyOf(made[kind].key);

  test('holds for that key and digest, in both formats', () => {
    expect(simpleSigningProblem(made.payload, signature, key, made.digest)).toBeUndefined();
    expect(bundleProblem(bundle, key, made.digest)).toBeUndefined();
  });

  test('does not hold for another digest', () => {
    expect(simpleSigningProblem(made.payload, signature, key, other)).toContain('of another image');
    expect(bundleProblem(bundle, key, other)).toContain('of another image');
  });

  test('does not hold for another key', () => {
    const { key: another } = withPair();
    expect(simpleSigningProblem(made.payload, signature, another, made.digest)).toBe(changedText);
    expect(bundleProblem(bundle, another, made.digest)).toBe(changedText);
  });

  test('does not hold once any character of what is signed, or of the signature, is another', () => {
    const change = (text: string, at: number, by: string): string =>
      text.slice(0, at) + by + text.slice(at + 1);
    fc.assert(
      fc.property(fc.nat(made.payload.length - 1), fc.stringMatching(/^[ -~]$/), (at, by) => {
        fc.pre(made.payload[at] !== by);
        expect(simpleSigningProblem(change(made.payload, at, by), signature, key, made.digest)).toBe(
          changedText,
        );
      }),
    );
    const envelope = (JSON.parse(bundle) as { dsseEnvelope: Record<string, string> }).dsseEnvelope;
    const payload = Buffer.from(envelope['payload'] ?? '', 'base64');
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Buffer.from(payload);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        const dsseEnvelope = { ...envelope, payload: bytes.toString('base64') };
        expect(bundleProblem(JSON.stringify({ dsseEnvelope }), key, made.digest)).toBe(changedText);
      }),
    );
    const bytes = Buffer.from(signature, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const broken = Buffer.from(bytes);
        broken[at] = (broken[at] ?? 0) ^ by;
        expect(simpleSigningProblem(made.payload, broken.toString('base64'), key, made.digest)).toBe(
          changedText,
        );
      }),
    );
  });
});

test('an attestation by the same key, of the same digest, is no signature', () => {
  const problem = bundleProblem(made.attestation, keyOf(made.ecdsa.key), made.digest);
  expect(problem).toContain('attestation of "https://cosign.sigstore.dev/attestation/v1"');
});

test('a bundle is refused for what its signed envelope is, not for what stands around it', () => {
  const { privateKey, key } = withPair();
  const bundle = JSON.parse(bundleOf({ at: made.digest, key: privateKey })) as {
    dsseEnvelope: Record<string, unknown>;
  };
  const { dsseEnvelope } = bundle;
  const problemOf = (content: unknown): string | undefined =>
    bundleProblem(JSON.stringify(content), key, made.digest);
  expect(problemOf(bundle)).toBeUndefined();
  // The type is signed too.
  expect(problemOf({ dsseEnvelope: { ...dsseEnvelope, payloadType: 'text/plain' } })).toBe(changedText);
  expect(problemOf({ dsseEnvelope: { ...dsseEnvelope, signatures: [] } })).toBe(changedText);
  expect(problemOf({ dsseEnvelope: { ...dsseEnvelope, signatures: [null, {}, { sig: 7 }] } })).toBe(
    changedText,
  );
  expect(problemOf({ messageSignature: { signature: '' } })).toBe('it has no signed envelope');
  expect(problemOf([])).toBe('it has no signed envelope');
  expect(bundleProblem('no JSON', key, made.digest)).toBe('it has no signed envelope');
});

test('a payload that its key signed for something else is refused', () => {
  const { privateKey, key } = withPair();
  const problemOf = (payload: string): string | undefined =>
    simpleSigningProblem(payload, signatureOf(Buffer.from(payload), privateKey), key, made.digest);
  expect(problemOf(simplePayload(made.digest))).toBeUndefined();
  expect(problemOf(simplePayload(made.digest, 'atomic container signature'))).toContain(
    'which is not an image',
  );
  expect(problemOf('{}')).toContain('which is not an image');
  expect(problemOf('no JSON')).toContain('which is not an image');
});

describe('keys', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const reasonOf = (pem: string): string => {
    const parsed = parseSigningKey(pem);
    return parsed.ok ? 'taken' : parsed.reason;
  };

  test('are known by the hash of their DER, whatever their PEM looks like', () => {
    const pem = pemOf(ec.publicKey);
    expect(keyOf(`# a comment\n\n${pem}\n`).sha256).toBe(keyOf(pem).sha256);
    // What cosign gives as the key's hint, in its own bundle.
    const bundle = JSON.parse(made.ecdsa.bundle) as { verificationMaterial: { publicKey: { hint: string } } };
    const { hint } = bundle.verificationMaterial.publicKey;
    expect(keyOf(made.ecdsa.key).sha256).toBe(Buffer.from(hint, 'base64').toString('hex'));
  });

  test.each([
    ['nothing', '', 'it is not PEM'],
    ['rubbish', 'hello', 'it is not PEM'],
    ['rubbish in PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', 'no public key'],
    ['a private key', pemOf(ec.privateKey), 'private key'],
    ['a private key after a public one', pemOf(ec.publicKey) + pemOf(ec.privateKey), 'private key'],
    ['two keys', pemOf(ec.publicKey) + made.rsa.key, 'where one PUBLIC KEY is wanted'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'a certificate'],
    [
      'another curve',
      pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      'it is ec secp384r1; only ECDSA on P-256 and RSA of at least 2048 bits are checked',
    ],
    ['Ed25519', pemOf(generateKeyPairSync('ed25519').publicKey), 'it is ed25519; only'],
    [
      'a short one of RSA',
      pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'RSA of 1024 bits',
    ],
  ])('%s is refused', (_, pem, reason) => {
    expect(reasonOf(pem)).toContain(reason);
  });
});
