import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newPlaceKey, placeKeyBytes } from '../../agent/core/order/place-key.ts';
import { newPrivateKey } from '../../agent/host/private-key.ts';
import { certificateRequest } from '../../agent/session/certificate-request.ts';
import { CertificateFiles } from '../../agent/worker/certificate-files.ts';
import {
  assignmentKey,
  certificateFromProto,
  giveCertificate,
} from '../../agent/worker/order-certificate.ts';
import { AssignmentCertificates } from '../../coordinator/trust/assignment-certificates.ts';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { readIssuer } from '../../coordinator/trust/issuer.ts';
import { timeOf } from '../../proto/wire/time.ts';
import { aContainer, order, role } from '../support/role-builders.ts';

let directory: string;
const key = newPrivateKey();
/** Only root gives files away. */
const [uid, gid] =
  process.getuid?.() === 0 ? [1234, 1235] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const taking = aContainer({ prepare: 'gate', certificate: '/run/parbake/tls' });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-tls-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** As the coordinator issues it, and as it comes from the wire. */
async function certificate() {
  const ca = mkdtempSync(join(directory, 'ca-'));
  await makeAuthority(ca, []);
  const pem = readFileSync(join(ca, 'ca.pem'));
  const certificates = new AssignmentCertificates({
    issuer: readIssuer(pem, readFileSync(join(ca, 'ca.key'))),
    authorities: [new X509Certificate(pem).raw],
    trustDomain: 'parbake',
    agentLifetime: 86_400_000,
    now: () => Date.now(),
  });
  const spki = certificates.keyIn(certificateRequest(createPrivateKey(key), 'session'), 'session');
  const routes = [{ name: 'shop.preview.test', container: '', port: 8443, scheme: 'HTTPS' as const }];
  const { chain, authorities, expireTime } = certificates.issue({ assignmentId: 'as-1', routes }, spki);
  const message = { chain: [...chain], authorities: [...authorities], expireTime: timeOf(expireTime) };
  return certificateFromProto({ assignmentId: 'as-1', ...message }, key);
}

describe("a container's certificate", () => {
  const placeKey = newPlaceKey(Buffer.alloc(placeKeyBytes, 7));
  const place = (): string => join(directory, 'tls', placeKey);

  test('is there with its key, which only the user of the gate reads', async () => {
    const files = new CertificateFiles(join(directory, 'tls'));
    await files.make(placeKey);
    const given = await certificate();
    giveCertificate(taking, { ...order, certificate: given }, files, {
      key: placeKey,
      owner: { uid, gid },
    });
    const modes = Object.fromEntries(
      readdirSync(place()).map((name) => {
        const found = statSync(join(place(), name));
        return [name, (found.mode & 0o7777).toString(8)];
      }),
    );
    expect(modes).toEqual({ 'tls.crt': '444', 'tls.key': '400', 'ca.crt': '444' });
    expect(statSync(join(place(), 'tls.key'))).toMatchObject({ uid, gid });
    const found = new X509Certificate(readFileSync(join(place(), 'tls.crt')));
    expect(found.checkPrivateKey(createPrivateKey(readFileSync(join(place(), 'tls.key'))))).toBe(true);
    expect(found.verify(new X509Certificate(readFileSync(join(place(), 'ca.crt'))).publicKey)).toBe(true);
  });

  test('is replaced with its key left alone, and only where it was given', async () => {
    const files = new CertificateFiles(join(directory, 'tls'));
    const unused = newPlaceKey(Buffer.alloc(placeKeyBytes, 8));
    for (const each of [placeKey, unused]) await files.make(each);
    const [first, second] = [await certificate(), { ...(await certificate()), key: 'another' }];
    files.write(placeKey, first, { uid, gid });
    files.replace(second);
    expect(readFileSync(join(place(), 'tls.crt'), 'utf8')).toBe(second.chain);
    expect(readFileSync(join(place(), 'tls.key'), 'utf8')).toBe(first.key);
    expect(readdirSync(join(directory, 'tls', unused))).toEqual([]);
  });

  test('is gone with its place, and with every place that no container has', async () => {
    const files = new CertificateFiles(join(directory, 'tls'));
    await files.make(placeKey);
    files.write(placeKey, await certificate(), { uid, gid });
    await files.removeOthers(new Set([placeKey]));
    expect(existsSync(place())).toBe(true);
    await files.removeOthers(new Set());
    expect(existsSync(place())).toBe(false);
  });

  test('is missing where the coordinator issues none', () => {
    const files = new CertificateFiles(join(directory, 'tls'));
    const give = () => giveCertificate(taking, order, files, { key: placeKey, owner: { uid, gid } });
    expect(give).toThrow(expect.objectContaining({ code: 'CERTIFICATE_MISSING' }));
  });

  test('is given to nobody while no gate shows whose it is', async () => {
    const files = new CertificateFiles(join(directory, 'tls'));
    await files.make(placeKey);
    const given = { ...order, certificate: await certificate() };
    const give = () => giveCertificate(taking, given, files, { key: placeKey, owner: undefined });
    expect(give).toThrow(expect.objectContaining({ code: 'GATE_UNAVAILABLE' }));
    expect(readdirSync(place())).toEqual([]);
  });
});

describe('the key of an assignment', () => {
  const roles = [role, { name: 'shop', containers: [taking] }];

  test('is made before anybody asks, where a role takes a certificate', () => {
    expect(assignmentKey([role], { phase: 'idle' })).toBeUndefined();
    const made = assignmentKey(roles, { phase: 'idle' });
    expect(createPrivateKey(made ?? '').asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(assignmentKey(roles, { phase: 'idle' })).not.toBe(made);
  });

  test('stays the same for an agent that is started again', () => {
    const kept = { ...order, certificate: { key, chain: '', authorities: '' } };
    expect(assignmentKey(roles, { phase: 'run', order: kept })).toBe(key);
    expect(assignmentKey(roles, { phase: 'stop', order: kept })).toBeUndefined();
  });
});
