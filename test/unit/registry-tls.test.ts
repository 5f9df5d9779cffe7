import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isInsecure } from '../../agent/registry/insecure.ts';
import { readTrust } from '../../agent/registry/trust.ts';
import { rootAt } from '../../agent/host/root.ts';
import { readerOf, sha, startHttpRegistry } from '../support/http-registry.ts';
import { command } from '../testbed/command.ts';

describe('with TLS', () => {
  let tls: { key: string; cert: string };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parbake-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const files = ['-keyout', key, '-out', cert];
    const names = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await command('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      ...files,
      ...names,
    ]);
    tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    rmSync(folder, { recursive: true });
  });

  test('a registry of an authority that Docker knows is read, another one is not', async () => {
    const { address } = await startHttpRegistry((_, response) => response.end('{}'), tls);
    expect(await readerOf(address, { insecure: false, ca: [tls.cert] }).manifest('1.0')).toBe('{}');
    await expect(readerOf(address, { insecure: false }).manifest('1.0')).rejects.toThrow('self-signed');
  });

  test('B7: a certificate that nobody vouches for is accepted where Docker would, as insecure', async () => {
    const { address } = await startHttpRegistry((_, response) => response.end('{}'), tls);
    const reader = readerOf(address, { insecure: true, tls: { rejectUnauthorized: false } });
    expect(await reader.manifest('1.0')).toBe('{}');
  });

  test('B7: a registry that wants a client certificate gets the one in certs.d', async () => {
    const root = mkdtempSync(join(tmpdir(), 'parbake-certs-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const options = { ...tls, requestCert: true, rejectUnauthorized: true, ca: [tls.cert] };
    const { address } = await startHttpRegistry((_, response) => response.end('{}'), options);
    const folder = join(root, 'etc/docker/certs.d', address);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ca.crt'), tls.cert);
    writeFileSync(join(folder, 'client.cert'), tls.cert);
    await expect(readTrust(rootAt(root), address)).rejects.toThrow(
      'client.cert has no key (*.key) beside it',
    );
    writeFileSync(join(folder, 'client.key'), tls.key);
    const trust = await readTrust(rootAt(root), address);
    expect(await readerOf(address, { insecure: false, tls: trust }).manifest('1.0')).toBe('{}');
    const alone = { ca: trust.ca };
    await expect(readerOf(address, { insecure: false, tls: alone }).manifest('1.0')).rejects.toThrow(
      /certificate required|handshake failure|ECONNRESET|socket hang up/,
    );
  });

  test("B7: the system's authorities count beside a registry's own, for it and for where it redirects to", async () => {
    const root = mkdtempSync(join(tmpdir(), 'parbake-certs-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const { ca } = await readTrust(rootAt(root), 'registry.example.com');
    expect(ca.length).toBeGreaterThan(10);
    const text = '{"a":1}';
    const store = await startHttpRegistry((_, response) => response.end(text), tls);
    const registry = await startHttpRegistry(
      (_, response) => void response.writeHead(307, { location: `https://${store.address}/blob` }).end(),
      tls,
    );
    const reader = readerOf(registry.address, { insecure: false, tls: { ca: [...ca, tls.cert] } });
    expect(await reader.blob(sha(text))).toBe(text);
  });

  test('a registry without TLS is not asked where Docker would not', async () => {
    const { address, requests } = await startHttpRegistry((_, response) => response.end('{}'));
    await expect(readerOf(address, { insecure: false }).manifest('1.0')).rejects.toThrow('SSL');
    expect(requests).toEqual([]);
  });

  test('no password follows a challenge out of TLS', async () => {
    const realm = await startHttpRegistry((_, response) => response.end('{"token":"t"}'));
    const { address } = await startHttpRegistry(
      (_, response) =>
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${realm.address}/token"` }).end(),
      tls,
    );
    const user = { serveraddress: 'r', username: 'alice', password: 'secret' };
    await expect(
      readerOf(address, { insecure: false, ca: [tls.cert], user }).manifest('1.0'),
    ).rejects.toThrow('401');
    expect(realm.requests).toEqual([]);
  });
});

test.each([
  ['127.0.0.1:5000', true],
  ['localhost:5000', true],
  ['10.1.2.3:5000', true],
  ['10.2.0.1', false],
  ['[::1]:5000', true],
  ['my-registry:5000', true],
  ['my-registry', false],
  ['registry.example.com', false],
])('%s may be asked without TLS: %s', async (domain, expected) => {
  const networks = ['127.0.0.0/8', '10.1.0.0/16', '::1/128', 'nonsense', '1.2.3.4'];
  expect(await isInsecure(domain, { networks, hosts: ['my-registry:5000'] })).toBe(expected);
});
