import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPrivateKey } from '../../agent/host/private-key.ts';
import { certificateRequest, publicKeyInfo } from '../../agent/session/certificate-request.ts';
import { SessionCertificate } from '../../coordinator/api/session-certificate.ts';
import { Zones } from '../../coordinator/core/route-name.ts';
import { AssignmentCertificates } from '../../coordinator/trust/assignment-certificates.ts';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { readIssuer } from '../../coordinator/trust/issuer.ts';
import { everySerial, Principals } from '../../coordinator/trust/principal.ts';
import { createLogger } from '../../proto/process/log.ts';
import { identityCheck } from '../../proto/wire/server-identity.ts';
import { openssl } from '../support/openssl.ts';
import { anAssignment } from '../support/store-builders.ts';

let directory: string;
let now = Date.now();
let certificates: AssignmentCertificates;
const key = createPrivateKey(newPrivateKey());
const routes = ['shop.preview.test', 'api.preview.test', 'shop.preview.test'].map((name) => ({
  ...{ name, container: '', port: 8443 },
  scheme: 'HTTPS' as const,
}));
const assignment = { ...anAssignment({ assignmentId: 'as-1' }), routes };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-leaf-'));
  await makeAuthority(directory, []);
  const [pem, keyPem] = ['ca.pem', 'ca.key'].map((name) => readFileSync(join(directory, name)));
  certificates = new AssignmentCertificates({
    issuer: readIssuer(pem ?? Buffer.alloc(0), keyPem ?? Buffer.alloc(0)),
    authorities: [new X509Certificate(pem ?? '').raw],
    trustDomain: 'parbake',
    agentLifetime: 86_400_000,
    now: () => now,
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

const issue = () => certificates.issue(assignment, publicKeyInfo(key));
const issued = () => new X509Certificate(issue().chain[0] ?? '');

describe("an assignment's certificate", () => {
  test('names the assignment and its hosts, each once, and lasts for an hour', () => {
    const certificate = issued();
    expect(certificate.subjectAltName).toBe(
      'URI:spiffe://parbake/assignment/as-1, DNS:shop.preview.test, DNS:api.preview.test',
    );
    expect(certificate.validToDate.getTime() - now).toBeGreaterThan(3_598_000);
    expect(certificate.validToDate.getTime() - now).toBeLessThanOrEqual(3_600_000);
    expect(certificate.checkPrivateKey(key)).toBe(true);
  });

  test('is one that openssl verifies for servers and for clients', async () => {
    writeFileSync(join(directory, 'leaf.pem'), issued().toString());
    for (const purpose of ['sslserver', 'sslclient']) {
      const check = ['-purpose', purpose, '-verify_hostname', 'shop.preview.test', './leaf.pem'];
      const verified = openssl(directory, 'verify', '-x509_strict', '-CAfile', './ca.pem', ...check);
      await expect(verified).resolves.toBeUndefined();
    }
  });

  test("does not make a principal, though the coordinator's CA signed it", () => {
    const principals = new Principals({
      ...{ trustDomain: 'parbake', serials: everySerial },
      ...{ isSharedAllowed: true, now: Date.now },
    });
    const { raw, fingerprint256 } = issued();
    expect(() => principals.identify(raw, fingerprint256)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
  });

  test('does not pass for a coordinator, whatever host name it has', () => {
    const peer = issued().toLegacyObject();
    expect(checkServerIdentity('shop.preview.test', peer)).toBeUndefined();
    expect(identityCheck('shop.preview.test', undefined)('', peer)).toMatchObject({
      message: expect.stringContaining('that of an assignment'),
    });
  });

  test('is never for one of the names of the coordinator', () => {
    const zones = new Zones(['preview.test'], ['Parbake.preview.test', '10.0.0.1']);
    expect(zones.refusal('parbake.preview.test')).toContain("coordinator's own");
    expect(zones.refusal('shop.preview.test')).toBeUndefined();
    expect(zones.refusal('preview.test')).toContain('not below a zone');
  });
});

describe('the key in a hello', () => {
  test('is taken from a request that was signed for this session', () => {
    expect(certificates.keyIn(certificateRequest(key, 'session-1'), 'session-1')).toEqual(publicKeyInfo(key));
  });

  test.each([
    ['that was signed for another session', () => certificateRequest(key, 'session-2')],
    ['without a challenge', () => certificateRequest(key, undefined)],
    ['that is none', () => Buffer.from('a key')],
  ])('of a request %s is refused', (_, request) => {
    expect(() => certificates.keyIn(request(), 'session-1')).toThrow(
      expect.objectContaining({ code: 'ATTESTATION_INVALID' }),
    );
  });
});

describe('in a session', () => {
  const logger = createLogger('test', 'silent');
  const ids = { instanceId: 'i-1', sessionId: 'session-1' };

  test('a certificate is replaced at half of its lifetime, while the assignment lasts', () => {
    const session = new SessionCertificate(certificates, logger);
    session.takeKey(certificateRequest(key, 'session-1'), ids);
    expect(session.renewed(now)).toBeUndefined();
    expect(session.forOrder(assignment)?.assignmentId).toBe('as-1');
    expect(session.renewed(now + 1_799_000)).toBeUndefined();
    now += 1_801_000;
    expect(session.renewed(now)?.chain).toHaveLength(1);
    expect(session.renewed(now + 1)).toBeUndefined();
    now += 1_801_000;
    session.forget();
    expect(session.renewed(now)).toBeUndefined();
  });

  test('an agent without a key gets none, and neither does anybody where none are issued', () => {
    const [keyless, issuerless] = [
      new SessionCertificate(certificates, logger),
      new SessionCertificate(undefined, logger),
    ];
    keyless.takeKey(Buffer.alloc(0), ids);
    issuerless.takeKey(certificateRequest(key, 'session-1'), ids);
    expect([keyless.forOrder(assignment), issuerless.forOrder(assignment)]).toEqual([null, null]);
  });
});
