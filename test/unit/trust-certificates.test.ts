import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateRequest, publicKeyInfo } from '../../agent/session/certificate-request.ts';
import { issueCertificate, readIssuer, type Issuer } from '../../coordinator/trust/issuer.ts';
import { agentUri, isInstanceId } from '../../coordinator/trust/agent-uri.ts';
import { readCertificateRequest } from '../../coordinator/trust/certificate-request.ts';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { openssl } from '../support/openssl.ts';

let directory: string;
const file = (name: string): Buffer => readFileSync(join(directory, name));
let issuer: Issuer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-trust-'));
  await makeAuthority(directory, []);
  issuer = readIssuer(file('ca.pem'), file('ca.key'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const newKey = (namedCurve = 'prime256v1') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const invalid = (problem: string) =>
  expect.objectContaining({ code: 'ATTESTATION_INVALID', message: expect.stringContaining(problem) });

describe('a certificate request', () => {
  test('of the agent gives its key and the challenge that it signed', () => {
    const key = newKey();
    const challenge = randomBytes(32).toString('base64url');
    const proven = readCertificateRequest(certificateRequest(key, challenge));
    expect(proven.challenge).toBe(challenge);
    expect(proven.spki).toEqual(publicKeyInfo(key));
  });

  test('of the agent is one that openssl verifies', async () => {
    writeFileSync(join(directory, 'agent.csr'), certificateRequest(newKey(), 'nonce'));
    const verified = openssl(directory, 'req', '-verify', '-noout', '-inform', 'DER', '-in', './agent.csr');
    await expect(verified).resolves.toBeUndefined();
  });

  test.each([
    ['P-256', 'prime256v1'],
    ['P-384', 'secp384r1'],
  ])('of openssl with a key on %s is taken, whatever name it asks for', async (_, curve) => {
    await openssl(
      directory,
      ...['req', '-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-nodes', '-outform', 'DER'],
      ...['-subj', '/CN=i-FORGED', '-addext', 'subjectAltName=URI:spiffe://parbake/operator/root'],
      ...['-keyout', './forged.key', '-out', './forged.csr'],
    );
    const { spki, challenge } = readCertificateRequest(file('forged.csr'));
    expect(challenge).toBeUndefined();
    const { certificate } = issueCertificate(issuer, { ...some, spki });
    const issued = new X509Certificate(certificate);
    expect(issued.subjectAltName).toBe('URI:spiffe://parbake/agent/i-1');
    expect(issued.toString()).not.toContain('FORGED');
    expect(issued.checkPrivateKey(createPrivateKey(file('forged.key')))).toBe(true);
  });

  test.each([
    ['RSA', ['rsa:2048']],
    ['P-521', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp521r1']],
    ['secp256k1', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1']],
    ['Ed25519', ['ed25519']],
  ])('with a key of type %s is refused', async (_, kind) => {
    const files = ['-keyout', './other.key', '-out', './other.csr'];
    await openssl(
      directory,
      'req',
      '-newkey',
      ...kind,
      '-nodes',
      '-subj',
      '/CN=x',
      '-outform',
      'DER',
      ...files,
    );
    expect(() => readCertificateRequest(file('other.csr'))).toThrow(invalid(''));
  });

  test('signed with SHA-1 is refused', async () => {
    const files = ['-keyout', './sha1.key', '-out', './sha1.csr'];
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await openssl(directory, 'req', '-sha1', ...ec, '-subj', '/CN=x', '-outform', 'DER', ...files);
    expect(() => readCertificateRequest(file('sha1.csr'))).toThrow(invalid('another algorithm'));
  });

  test('signed with another key than the one in it is refused', () => {
    const [one, other] = [certificateRequest(newKey(), 'n'), certificateRequest(newKey(), 'n')];
    // Both have the same layout: the key of one and the signature of the other.
    const spliced = Buffer.from(one);
    other.copy(spliced, spliced.length - 60, other.length - 60);
    expect(() => readCertificateRequest(spliced)).toThrow(invalid(''));
  });

  test('with one byte changed never yields another key or challenge', () => {
    const request = certificateRequest(newKey(), 'the nonce of this stream');
    const { spki, challenge } = readCertificateRequest(request);
    const others = Array.from(request).flatMap((byte, at) =>
      [0x01, 0x80].flatMap((bit) => {
        const mutated = Buffer.from(request);
        mutated.writeUInt8(byte ^ bit, at);
        const read = accepted(() => readCertificateRequest(mutated));
        const isSame = read === undefined || (read.spki.equals(spki) && read.challenge === challenge);
        return isSame ? [] : [at];
      }),
    );
    expect(others).toEqual([]);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['random bytes', randomBytes(300)],
    ['deep nesting', Buffer.from('30'.repeat(2000), 'hex')],
    ['too much', Buffer.alloc(5_000, 0x30)],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => readCertificateRequest(bytes)).toThrow(invalid(''));
  });

  test('cut at any place is refused', () => {
    const request = certificateRequest(newKey(), 'n');
    for (let length = 0; length < request.length; length++)
      expect(() => readCertificateRequest(request.subarray(0, length))).toThrow(invalid(''));
  });
});

const now = Date.parse('2026-11-30T12:00:00Z');
const some = {
  usages: ['clientAuth' as const],
  uri: agentUri('parbake', 'i-1'),
  now,
  lifetime: 86_400_000,
  spki: publicKeyInfo(newKey()),
};

describe("an agent's certificate", () => {
  test('names the agent in one URI and may only authenticate a client', async () => {
    const { certificate, serial, expireTime } = issueCertificate(issuer, some);
    const issued = new X509Certificate(certificate);
    expect(issued).toMatchObject({
      subjectAltName: 'URI:spiffe://parbake/agent/i-1',
      serialNumber: serial,
      keyUsage: ['1.3.6.1.5.5.7.3.2'],
      ca: false,
    });
    expect(issued.subject ?? '').toBe('');
    expect(issued.validFromDate.getTime()).toBe(now - 60_000);
    expect(issued.validToDate.getTime()).toBe(expireTime);
    expect(expireTime).toBe(now + 86_400_000);
    expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(issued.verify(issuer.certificate.publicKey)).toBe(true);
    expect(issued.checkIssued(issuer.certificate)).toBe(true);
  });

  test('is one that openssl verifies for clients, and not for servers', async () => {
    const { certificate } = issueCertificate(issuer, { ...some, now: Date.now() });
    writeFileSync(join(directory, 'issued.pem'), new X509Certificate(certificate).toString());
    const verify = (purpose: string) =>
      openssl(
        directory,
        'verify',
        '-x509_strict',
        '-CAfile',
        './ca.pem',
        '-purpose',
        purpose,
        './issued.pem',
      );
    await verify('sslclient');
    await expect(verify('sslserver')).rejects.toThrow('verify');
  });

  test('has another serial each time', () => {
    const serials = Array.from({ length: 50 }, () => issueCertificate(issuer, some).serial);
    expect(new Set(serials).size).toBe(50);
  });

  test('never outlives its issuer', () => {
    const { expireTime } = issueCertificate(issuer, { ...some, lifetime: 50 * 365 * 86_400_000 });
    expect(expireTime).toBe(issuer.certificate.validToDate.getTime());
  });
});

describe('the issuer', () => {
  test('may be an intermediate below a root, which is sent along', async () => {
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await openssl(
      directory,
      'req',
      '-x509',
      ...ec,
      '-subj',
      '/CN=root',
      '-days',
      '9',
      '-keyout',
      './root.key',
      '-out',
      './root.pem',
    );
    await openssl(
      directory,
      ...[
        'req',
        '-x509',
        ...ec,
        '-subj',
        '/CN=intermediate',
        '-days',
        '9',
        '-CA',
        './root.pem',
        '-CAkey',
        './root.key',
      ],
      ...[
        '-addext',
        'basicConstraints=critical,CA:TRUE,pathlen:0',
        '-keyout',
        './middle.key',
        '-out',
        './middle.pem',
      ],
    );
    const below = readIssuer(Buffer.concat([file('middle.pem'), file('root.pem')]), file('middle.key'));
    expect(below.chain).toEqual([new X509Certificate(file('middle.pem')).raw]);
    const { certificate } = issueCertificate(below, { ...some, now: Date.now() });
    writeFileSync(join(directory, 'leaf.pem'), new X509Certificate(certificate).toString());
    await openssl(directory, 'verify', '-CAfile', './root.pem', '-untrusted', './middle.pem', './leaf.pem');
  });

  test('that is no CA, has another key, or is missing is refused', async () => {
    await makeAuthority(join(directory, 'second'), [
      { name: 'server', holder: 'server', hosts: ['a'], days: 1 },
    ]);
    const read = (pem: string, key: string) => () => readIssuer(file(pem), file(key));
    expect(read('second/server.pem', 'second/server.key')).toThrow('not that of a CA');
    expect(read('second/ca.pem', 'ca.key')).toThrow('does not belong');
    expect(read('ca.key', 'ca.key')).toThrow('no certificate');
  });
});

test.each([
  ['i-0123456789abcdef0', true],
  ['dev-1', true],
  ['web.example', true],
  ['', false],
  ['..', false],
  ['a/b', false],
  ['a b', false],
  ['-a', false],
  ['ä', false],
  ['a\n', false],
  ['a'.repeat(129), false],
])('an instance may be called %j: %s', (name, isAllowed) => {
  expect(isInstanceId(name)).toBe(isAllowed);
});

function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
