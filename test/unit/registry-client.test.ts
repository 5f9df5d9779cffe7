import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Login } from '../../agent/core/image/registry-logins.ts';
import { registryReader, type RegistryReader } from '../../agent/registry/client.ts';
import { readRegistryImage } from '../../agent/registry/image.ts';
import { isInsecure } from '../../agent/registry/insecure.ts';
import { command } from '../testbed/command.ts';

const amd64 = { os: 'linux', architecture: 'amd64', variant: '' };
const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(
  handler: RequestListener,
  tls?: { key: string; cert: string },
): Promise<{ address: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    handler(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function readerOf(
  domain: string,
  options: { login?: Login; insecure?: boolean; ca?: string[] } = {},
): RegistryReader {
  const { login, insecure = true, ca = [] } = options;
  const { signal } = new AbortController();
  return registryReader({ domain, path: 'acme/app', login, insecure, ca, env: {}, signal });
}

describe('a registry that gives tokens', () => {
  const alice: Login = { serveraddress: 'r', username: 'alice', password: 'secret' };

  async function startRegistry(realmOf: (own: string) => string = (own) => own) {
    let own = '';
    const registry = await listen((request, response) => {
      const url = new URL(request.url ?? '', `http://${own}`);
      if (url.pathname === '/token') {
        const isAlice =
          request.headers.authorization === `Basic ${Buffer.from('alice:secret').toString('base64')}`;
        const isAsked =
          url.searchParams.get('scope') === 'repository:acme/app:pull' &&
          url.searchParams.get('service') === 's';
        response.writeHead(isAlice && isAsked ? 200 : 401).end('{"token":"t1"}');
      } else if (request.headers.authorization === 'Bearer t1') response.writeHead(200).end('{}');
      else {
        const challenge = `Bearer realm="http://${realmOf(own)}/token",service="s",scope="repository:acme/app:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    own = registry.address;
    return registry;
  }

  test('is asked for one, once', async () => {
    const { address, requests } = await startRegistry();
    const reader = readerOf(address, { login: alice });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(await reader.manifest('2.0')).toBe('{}');
    expect(requests.filter(({ url }) => url?.startsWith('/token'))).toHaveLength(1);
  });

  test('without a login that it takes, it refuses', async () => {
    const { address } = await startRegistry();
    await expect(readerOf(address).manifest('1.0')).rejects.toThrow('HTTP status 401');
  });

  test('a refresh token is exchanged and never sent as a password', async () => {
    let body = '';
    const { address, requests } = await listen((request, response) => {
      if (request.url === '/token') {
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => response.end('{"access_token":"t2"}'));
      } else if (request.headers.authorization === 'Bearer t2') response.end('{}');
      else {
        const realm = `http://${request.headers.host ?? ''}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
      }
    });
    const reader = readerOf(address, { login: { serveraddress: 'r', identitytoken: 'refresh' } });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
    });
    expect(requests.every(({ headers }) => !String(headers.authorization).startsWith('Basic'))).toBe(true);
  });
});

test("a blob that is kept elsewhere is fetched there, without the registry's permission", async () => {
  const text = '{"a":1}';
  const store = await listen((_, response) => response.end(text));
  const { address } = await listen((request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    else response.writeHead(307, { location: `http://${store.address}/blob?signature=x` }).end();
  });
  const reader = readerOf(address, { login: { serveraddress: 'r', username: 'a', password: 'b' } });
  expect(await reader.blob(sha(text))).toBe(text);
  expect(store.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test.each([
  [
    'something else than was asked for',
    (): RequestListener => (_, response) => response.end('{"b":2}'),
    'is something else',
  ],
  [
    'redirects in a circle',
    (): RequestListener => (_, response) => void response.writeHead(302, { location: '/again' }).end(),
    'redirects without end',
  ],
  [
    'an answer without end',
    (): RequestListener => (_, response) => response.end(Buffer.alloc(9 * 1024 * 1024)),
    'an answer of more than',
  ],
  ['an error', (): RequestListener => (_, response) => void response.writeHead(500).end(), 'HTTP status 500'],
  [
    'a broken connection',
    (): RequestListener => (request) => void request.socket.destroy(),
    'socket hang up',
  ],
])('a registry that sends %s', async (_, handler, message) => {
  const { address } = await listen(handler());
  await expect(readerOf(address).blob(sha('{"a":1}'))).rejects.toThrow(message);
});

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
    const { address } = await listen((_, response) => response.end('{}'), tls);
    expect(await readerOf(address, { insecure: false, ca: [tls.cert] }).manifest('1.0')).toBe('{}');
    await expect(readerOf(address, { insecure: false }).manifest('1.0')).rejects.toThrow('self-signed');
  });

  test('a registry without TLS is not asked where Docker would not', async () => {
    const { address, requests } = await listen((_, response) => response.end('{}'));
    await expect(readerOf(address, { insecure: false }).manifest('1.0')).rejects.toThrow('SSL');
    expect(requests).toEqual([]);
  });

  test('no password follows a challenge out of TLS', async () => {
    const realm = await listen((_, response) => response.end('{"token":"t"}'));
    const { address } = await listen(
      (_, response) =>
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${realm.address}/token"` }).end(),
      tls,
    );
    const login = { serveraddress: 'r', username: 'alice', password: 'secret' };
    await expect(
      readerOf(address, { insecure: false, ca: [tls.cert], login }).manifest('1.0'),
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
])('%s may be asked without TLS: %s', (domain, expected) => {
  const networks = ['127.0.0.0/8', '10.1.0.0/16', '::1/128', 'nonsense', '1.2.3.4'];
  expect(isInsecure(domain, { networks, hosts: ['my-registry:5000'] })).toBe(expected);
});

describe('an image', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [sha('d')] } });
  const manifest = (layers = 1): string =>
    JSON.stringify({
      config: { digest: sha(config), size: 1 },
      layers: Array.from({ length: layers }, () => ({ digest: sha('l'), size: 5 })),
    });
  const index = (platforms: object[]): string =>
    JSON.stringify({
      manifests: platforms.map((platform) => ({ digest: sha(manifest()), size: 1, platform })),
    });
  const reader = (documents: readonly string[]): RegistryReader => ({
    manifest: async (reference) => documents.find((text) => sha(text) === reference),
    blob: async () => config,
    referrers: async () => undefined,
  });
  const read = async (text: string, ...more: string[]): Promise<unknown> =>
    await readRegistryImage(reader([text, ...more]), 'app', sha(text), amd64);

  test('has the layers of its manifest and the digests of its configuration', async () => {
    expect(await read(manifest())).toEqual({
      ...{ platformDigest: sha(manifest()), configDigest: sha(config), platform: amd64, sbom: [] },
      layers: [{ digest: sha('l'), diffId: sha('d'), sizeBytes: 5 }],
    });
  });

  test('of an index is the one for the platform', async () => {
    const text = index([
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'amd64' },
    ]);
    expect(await read(text, manifest())).toMatchObject({ platformDigest: sha(manifest()) });
  });

  test.each([
    [
      'for another platform',
      index([{ os: 'linux', architecture: 'arm64' }]),
      'app is for linux/arm64, not for linux/amd64',
    ],
    ['with attestations only', index([{ os: 'unknown', architecture: 'unknown' }]), 'is for no platform'],
    ['whose lists of layers differ', manifest(2), 'has 2 layers, its configuration 1'],
    ['of the first schema', '{"schemaVersion":1,"fsLayers":[]}', 'neither an index nor a manifest'],
    ['without digests', '{"manifests":[{"size":1}]}', 'without digest'],
    ['that is no JSON', '<html>', 'JSON'],
  ])('%s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
