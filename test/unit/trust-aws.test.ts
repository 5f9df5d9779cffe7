import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicKeyInfo } from '../../agent/session/certificate-request.ts';
import { verifyIdentityDocument } from '../../coordinator/trust/aws-evidence.ts';
import { readCallerIdentity, verifyCallerIdentity } from '../../coordinator/trust/caller-identity.ts';
import { attestationChallenge, signCallerIdentity } from '../../proto/wire/caller-identity.ts';
import { identityDocument, makeRegionSigner, openssl, signDocument } from '../support/openssl.ts';
import { startSts, type Sts } from '../fakes/sts.ts';

let directory: string;
let certificates: Map<string, X509Certificate>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-trust-aws-'));
  const [here, there] = [
    await makeRegionSigner(directory, 'here'),
    await makeRegionSigner(directory, 'there'),
  ];
  await makeRegionSigner(directory, 'evil');
  certificates = new Map([
    ['eu-central-1', new X509Certificate(here)],
    ['us-east-1', new X509Certificate(there)],
  ]);
});
afterAll(() => rmSync(directory, { recursive: true }));

const verify = (der: Buffer) => verifyIdentityDocument(der.toString('base64'), certificates);
const refused = (code: string, problem = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(problem) });
const invalid = (problem = '') => refused('ATTESTATION_INVALID', problem);

describe("EC2's signed document", () => {
  const document = identityDocument();

  test.each([
    ['as the metadata service gives it', ['-nocerts']],
    ['in indefinite lengths, with its content in pieces', ['-nocerts', '-stream']],
    ['with its certificate inside, which nobody looks at', []],
  ])('is accepted %s', async (_, more) => {
    expect(verify(await signDocument(directory, 'here', document, more))).toEqual({
      accountId: '123456789012',
      region: 'eu-central-1',
      instanceId: 'i-0123456789abcdef0',
      imageId: 'ami-0123456789abcdef0',
      privateIp: '10.0.0.7',
      pendingTime: Date.parse('2026-11-30T10:00:00Z'),
    });
  });

  test.each<[string, string, string[], string]>([
    ['with another key', 'evil', ['-nocerts'], 'another certificate'],
    [
      "with another key, and the region's certificate in the bag",
      'evil',
      ['-certfile', './here.pem'],
      'another certificate',
    ],
    ['with the key of another region', 'there', ['-nocerts'], 'another certificate'],
    ['by two signers', 'here', ['-nocerts', '-signer', './evil.pem', '-inkey', './evil.key'], '2 signatures'],
    [
      'by the same signer twice',
      'here',
      ['-nocerts', '-signer', './here.pem', '-inkey', './here.key'],
      '2 signatures',
    ],
    ['without signed attributes', 'here', ['-nocerts', '-noattr'], 'no signed attributes'],
    ['with SHA-1', 'here', ['-nocerts', '-md', 'sha1'], 'not use SHA-256'],
    ['with SHA-512', 'here', ['-nocerts', '-md', 'sha512'], 'not use SHA-256'],
    ['with RSA-PSS', 'here', ['-nocerts', '-keyopt', 'rsa_padding_mode:pss'], 'PKCS #1'],
    ['by key identifier instead of issuer and serial', 'here', ['-nocerts', '-keyid'], 'CMS SignedData'],
    ['as another type of content', 'here', ['-nocerts', '-econtent_type', '1.2.3.4'], 'no content'],
  ])('is refused when it is signed %s', async (_, signer, more, problem) => {
    const options = more.map((word) => (word.startsWith('./') ? join(directory, word) : word));
    await expect(signDocument(directory, signer, document, options).then(verify)).rejects.toThrow(
      invalid(problem),
    );
  });

  test('is refused without its content', async () => {
    await signDocument(directory, 'here', document);
    await openssl(
      directory,
      ...['cms', '-sign', '-binary', '-md', 'sha256', '-outform', 'DER', '-nocerts', '-in', './document'],
      ...['-signer', './here.pem', '-inkey', './here.key', '-out', './detached'],
    );
    expect(() => verify(readFileSync(join(directory, 'detached')))).toThrow(invalid('no content'));
  });

  test('is refused with another document of the same length in it', async () => {
    const signed = await signDocument(directory, 'here', document);
    const at = signed.indexOf('i-0123456789abcdef0');
    signed.write('i-0123456789abcdef1', at);
    expect(() => verify(signed)).toThrow(invalid('does not sign its content'));
  });

  test('with one byte changed never yields another document', async () => {
    const signed = await signDocument(directory, 'here', document);
    const genuine = verify(signed);
    const others = Array.from(signed).flatMap((byte, at) => {
      const mutated = Buffer.from(signed);
      mutated.writeUInt8(byte ^ (1 << (at % 8)), at);
      const read = accepted(() => verify(mutated));
      return read === undefined || isDeepStrictEqual(read, genuine) ? [] : [at];
    });
    expect(others).toEqual([]);
  });

  test('cut at any place is refused', async () => {
    const signed = await signDocument(directory, 'here', document);
    for (let length = 0; length < signed.length; length += 3)
      expect(() => verify(signed.subarray(0, length))).toThrow(invalid());
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['deep nesting', Buffer.from('30'.repeat(5000), 'hex')],
    ['indefinite nesting', Buffer.from('3080'.repeat(5000), 'hex')],
    ['too much', Buffer.alloc(17_000, 0x30)],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => verify(bytes)).toThrow(invalid());
  });

  test('of a region without a certificate is refused by name', async () => {
    const other = identityDocument({ region: 'ap-south-1' });
    await expect(signDocument(directory, 'here', other).then(verify)).rejects.toThrow(
      refused('ATTESTATION_REFUSED', 'ap-south-1'),
    );
  });

  test.each([
    ['another region than that of its signer', { region: 'us-east-1' }],
    ['an instance id that is a path', { instanceId: '../../operator/root' }],
    ['an account of letters', { accountId: 'abcdefghijkl' }],
    ['a time that is none', { pendingTime: 'yesterday' }],
    ['an image that is none', { imageId: '' }],
  ])('with %s is refused', async (_, more) => {
    const other = identityDocument(more);
    await expect(signDocument(directory, 'here', other).then(verify)).rejects.toThrow(invalid());
  });
});

const secret = 'the secret access key';
const akid = 'ASIAQQQQQQQQQQQQQQQQ';
const now = Date.parse('2026-11-30T12:00:00Z');

describe('the call that an instance signs for STS', () => {
  let sts: Sts;
  beforeAll(async () => {
    sts = await startSts({ credentials: new Map([[akid, secret]]) });
  });
  afterAll(() => sts.close());

  const nonce = Buffer.alloc(32, 7);
  const spki = publicKeyInfo(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
  const challenge = attestationChallenge(nonce, spki);
  const fields = { region: 'eu-central-1', date: '20261130T120000Z', sessionToken: 'a-token-of-some-length' };
  const proof = (more: object = {}) => ({
    ...fields,
    accessKeyId: akid,
    signature: signCallerIdentity({ ...fields, challenge }, secret),
    ...more,
  });
  const check = (given: ReturnType<typeof proof>, wanted = challenge, at = now) =>
    verifyCallerIdentity(given, wanted, { now: at, endpoint: sts.url });

  test('names the instance when STS accepts it', async () => {
    sts.answers({ accountId: '123456789012', role: 'aws:ec2-instance', session: 'i-0123456789abcdef0' });
    await expect(check(proof())).resolves.toEqual({
      accountId: '123456789012',
      instanceId: 'i-0123456789abcdef0',
    });
  });

  test('is worth nothing under another nonce or for another key', async () => {
    const otherKey = publicKeyInfo(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
    for (const other of [
      attestationChallenge(Buffer.alloc(32, 8), spki),
      attestationChallenge(nonce, otherKey),
    ])
      await expect(check(proof(), other)).rejects.toThrow(invalid('refused by STS (403)'));
  });

  test('is refused before anything is sent when a field does not have its form', async () => {
    const before = sts.calls;
    const wrong = [
      { region: 'evil.example/' },
      { region: 'eu-central-1@evil' },
      { region: '' },
      { date: '20261130T120000Z\r\nx: y' },
      { date: '20261130T114000Z' },
      { date: '20261130T122000Z' },
      { date: '20269930T120000Z' },
      { sessionToken: 'a-token\r\nhost: evil' },
      { sessionToken: '' },
      { accessKeyId: 'ASIA/evil' },
      { signature: 'A'.repeat(64) },
      { signature: 'ab' },
    ];
    for (const more of wrong) await expect(check(proof(more))).rejects.toThrow(invalid());
    expect(sts.calls).toBe(before);
  });

  test.each([
    ['another role', { role: 'admin', session: 'i-0123456789abcdef0' }],
    ['a role whose name only begins alike', { role: 'aws:ec2-instance-x', session: 'i-0123456789abcdef0' }],
    ['a session that is no instance', { role: 'aws:ec2-instance', session: 'me' }],
    ['two instances', { role: 'aws:ec2-instance', session: 'i-0123456789abcdef0</Arn><Arn>x' }],
  ])('is refused when it comes from %s', async (_, answer) => {
    sts.answers({ accountId: '123456789012', ...answer });
    await expect(check(proof())).rejects.toThrow(invalid('identity role'));
  });

  test('can be made again later while STS is busy, and never follows a redirect', async () => {
    sts.fails(503);
    await expect(check(proof())).rejects.toThrow(refused('ATTESTATION_UNAVAILABLE'));
    sts.fails(400, '<Code>Throttling</Code>');
    await expect(check(proof())).rejects.toThrow(refused('ATTESTATION_UNAVAILABLE'));
    sts.fails(307, '', { location: 'http://127.0.0.1:9/' });
    await expect(check(proof())).rejects.toThrow(invalid('307'));
    sts.fails(200, 'x'.repeat(20_000));
    await expect(check(proof())).rejects.toThrow(refused('ATTESTATION_UNAVAILABLE', 'longer than'));
  });
});

test.each([
  ['another account in the ARN', '<Account>1</Account>'],
  ['no account', ''],
])('an answer of STS with %s is refused', (_, account) => {
  const arn = 'arn:aws:sts::123456789012:assumed-role/aws:ec2-instance/i-0123456789abcdef0';
  expect(() => readCallerIdentity(`<Arn>${arn}</Arn>${account}`)).toThrow(invalid());
});

function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
