import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defined } from '../../proto/errors/defined.ts';
import type { Login } from '../../agent/core/image/registry-logins.ts';
import { registryReader, type RegistryAccess, type RegistryReader } from '../../agent/registry/client.ts';
import { readRegistryImage } from '../../agent/registry/image.ts';
import { isInsecure } from '../../agent/registry/insecure.ts';
import { readTrust } from '../../agent/registry/trust.ts';
import { rootAt } from '../../agent/host/root.ts';
import { registryAccess } from '../support/registry-access.ts';
import { command } from '../testbed/command.ts';

const amd64 = { os: 'linux', architecture: 'amd64', variant: '' };
const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(
  handler: RequestListener,
  tls?: ServerOptions,
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
  options: Partial<RegistryAccess> & { user?: Login; ca?: string[] } = {},
): RegistryReader {
  const { user, ca, ...access } = options;
  return registryReader(
    registryAccess(domain, {
      login: async () => user,
      ...defined({ tls: ca === undefined ? undefined : { ca } }),
      ...access,
    }),
  );
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
    const reader = readerOf(address, { user: alice });
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
    const reader = readerOf(address, { user: { serveraddress: 'r', identitytoken: 'refresh' } });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
    });
    expect(requests.every(({ headers }) => !String(headers.authorization).startsWith('Basic'))).toBe(true);
  });
});

describe('a stranger that a registry leads to', () => {
  const alice: Login = { serveraddress: 'r', username: 'alice', password: 'secret' };

  test("gets no password by a challenge of its own: a redirect's target is not the registry", async () => {
    const thief = await listen((request, response) => {
      if (request.url?.startsWith('/token') === true) response.end('{"token":"t"}');
      else
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host ?? ''}/token"` })
          .end();
    });
    const { address } = await listen(
      (_, response) => void response.writeHead(307, { location: `http://${thief.address}/blob` }).end(),
    );
    await expect(readerOf(address, { user: alice }).blob(sha('x'))).rejects.toThrow('HTTP status 401');
    expect(thief.requests.map(({ url }) => url)).toEqual(['/blob']);
  });

  test('gets no token request by a redirect of the realm, neither its password nor its body', async () => {
    const thief = await listen((_, response) => response.end('{"token":"t"}'));
    const { address } = await listen((request, response) => {
      if (request.url?.startsWith('/token') === true)
        response.writeHead(307, { location: `http://${thief.address}/token` }).end();
      else {
        const realm = `http://${request.headers.host ?? ''}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
      }
    });
    for (const user of [alice, { serveraddress: 'r', identitytoken: 'refresh' }])
      await expect(readerOf(address, { user }).manifest('1.0')).rejects.toThrow('HTTP status 401');
    expect(thief.requests).toEqual([]);
  });

  test('cannot widen what a token is asked for', async () => {
    const scopes: (string | null)[] = [];
    const { address } = await listen((request, response) => {
      const url = new URL(request.url ?? '', 'http://r');
      if (url.pathname === '/token') {
        scopes.push(url.searchParams.get('scope'));
        response.end('{"token":"t"}');
      } else {
        const realm = `http://${request.headers.host ?? ''}/token`;
        const scope = 'repository:other/secret:pull,push';
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",scope="${scope}"` }).end();
      }
    });
    await expect(readerOf(address, { user: alice }).manifest('1.0')).rejects.toThrow('401');
    expect(new Set(scopes)).toEqual(new Set(['repository:acme/app:pull']));
  });
});

describe('B12: a login that expires during the bake', () => {
  test('is asked for again when the registry refuses it', async () => {
    let valid = 'Basic ' + Buffer.from('alice:first').toString('base64');
    const { address } = await listen((request, response) => {
      if (request.headers.authorization === valid) response.end('{}');
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    });
    const asked: boolean[] = [];
    const login = async (fresh: boolean): Promise<Login> => {
      asked.push(fresh);
      return { serveraddress: 'r', username: 'alice', password: fresh ? 'second' : 'first' };
    };
    const reader = readerOf(address, { login });
    expect(await reader.manifest('1.0')).toBe('{}');
    valid = 'Basic ' + Buffer.from('alice:second').toString('base64');
    expect(await reader.manifest('2.0')).toBe('{}');
    expect(asked).toEqual([false, false, true]);
  });
});

describe('B13: a registry that is busy', () => {
  test.each([
    ['asks for patience', 429, { 'retry-after': '0' }],
    ['asks for patience until a time', 429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['is overloaded', 503, {}],
    ['has a broken gateway', 502, {}],
  ])('and %s is asked again', async (_, status, headers) => {
    let refusals = 2;
    const { address, requests } = await listen((_, response) => {
      if (refusals-- > 0) response.writeHead(status, headers).end();
      else response.end('{}');
    });
    expect(await readerOf(address).manifest('1.0')).toBe('{}');
    expect(requests).toHaveLength(3);
  });

  test('for longer than anybody waits is an error at once', async () => {
    const { address, requests } = await listen((_, response) =>
      response.writeHead(429, { 'retry-after': '3600' }).end(),
    );
    await expect(readerOf(address).manifest('1.0')).rejects.toThrow('HTTP status 429');
    expect(requests).toHaveLength(1);
  });

  test('that does not answer in time is asked again, and the error says so', async () => {
    const { address, requests } = await listen(() => {});
    const reader = readerOf(address, { deadlineMs: 100 });
    await expect(reader.manifest('1.0')).rejects.toThrow(`${address} did not answer within 0.1 s`);
    expect(requests.length).toBe(5);
  });

  test('behind a proxy that is not there yet is asked again', async () => {
    const { address } = await listen((_, response) => response.writeHead(200).end('{}'));
    const proxies = ['http://127.0.0.1:1', undefined];
    const reader = readerOf(address, {
      proxyFor: ({ protocol }) => (protocol === 'http:' ? proxies.shift() : 'http://127.0.0.1:1'),
    });
    await expect(reader.manifest('1.0')).resolves.toBe('{}');
  });

  test('for good is an error after five tries, and an interruption ends the waiting', async () => {
    const { address, requests } = await listen((_, response) => response.writeHead(503).end());
    await expect(readerOf(address).manifest('1.0')).rejects.toThrow('HTTP status 503');
    expect(requests).toHaveLength(5);
    const controller = new AbortController();
    const patient = await listen((_, response) => {
      response.writeHead(429, { 'retry-after': '100' }).end();
      controller.abort();
    });
    const reader = readerOf(patient.address, { signal: controller.signal });
    await expect(reader.manifest('1.0')).rejects.toThrow('abort');
  });
});

describe('B8: a mirror of Docker Hub', () => {
  test('is asked first, without a login, and the hub is not needed', async () => {
    const mirror = await listen((_, response) => response.end('{}'));
    const reader = readerOf('docker.io', {
      mirrors: [`http://${mirror.address}/`],
      user: { serveraddress: 'r' },
    });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(mirror.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v2/acme/app/manifests/1.0', undefined],
    ]);
  });

  test('that does not have the image leads to the next one', async () => {
    const empty = await listen((_, response) => response.writeHead(404).end());
    const full = await listen((_, response) => response.end('{}'));
    const mirrors = [`http://${empty.address}`, `http://${full.address}/`];
    expect(await readerOf('docker.io', { mirrors }).manifest('1.0')).toBe('{}');
  });

  test('is not asked for images of other registries', async () => {
    const mirror = await listen((_, response) => response.end('{"mirror":true}'));
    const registry = await listen((_, response) => response.end('{}'));
    const reader = readerOf(registry.address, { mirrors: [`http://${mirror.address}`] });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(mirror.requests).toEqual([]);
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
  const reader = readerOf(address, { user: { serveraddress: 'r', username: 'a', password: 'b' } });
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
    'the answer is longer than',
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

  test('B7: a certificate that nobody vouches for is accepted where Docker would, as insecure', async () => {
    const { address } = await listen((_, response) => response.end('{}'), tls);
    const reader = readerOf(address, { insecure: true, tls: { rejectUnauthorized: false } });
    expect(await reader.manifest('1.0')).toBe('{}');
  });

  test('B7: a registry that wants a client certificate gets the one in certs.d', async () => {
    const root = mkdtempSync(join(tmpdir(), 'parbake-certs-'));
    closers.push(() => rmSync(root, { recursive: true }));
    const options = { ...tls, requestCert: true, rejectUnauthorized: true, ca: [tls.cert] };
    const { address } = await listen((_, response) => response.end('{}'), options);
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
    closers.push(() => rmSync(root, { recursive: true }));
    const { ca } = await readTrust(rootAt(root), 'registry.example.com');
    expect(ca.length).toBeGreaterThan(10);
    const text = '{"a":1}';
    const store = await listen((_, response) => response.end(text), tls);
    const registry = await listen(
      (_, response) => void response.writeHead(307, { location: `https://${store.address}/blob` }).end(),
      tls,
    );
    const reader = readerOf(registry.address, { insecure: false, tls: { ca: [...ca, tls.cert] } });
    expect(await reader.blob(sha(text))).toBe(text);
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

describe('an image', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [sha('d')] } });
  const manifest = (layers = 1): string =>
    JSON.stringify({
      config: { digest: sha(config), size: 1 },
      layers: Array.from({ length: layers }, () => ({ digest: sha('l'), size: 5 })),
    });
  const index = (platforms: (object | undefined)[]): string =>
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
    ['names no platform', [undefined]],
    ['spells it x86_64', [{ os: 'linux', architecture: 'x86_64' }]],
    ['spells it with the usual variant', [{ os: 'linux', architecture: 'amd64', variant: 'v1' }]],
    ['spells it in capitals', [{ os: 'Linux', architecture: 'AMD64' }]],
    [
      'also has a statement',
      [
        { os: 'unknown', architecture: 'unknown' },
        { os: 'linux', architecture: 'amd64' },
      ],
    ],
  ])('B6: of an index whose entry %s is taken', async (_, platforms) => {
    expect(await read(index(platforms), manifest())).toMatchObject({ platformDigest: sha(manifest()) });
  });

  test('B6: of an index in an index is followed, and not without end', async () => {
    const inner = index([{ os: 'linux', architecture: 'amd64' }]);
    const outer = (text: string): string =>
      JSON.stringify({
        manifests: [{ digest: sha(text), size: 1, platform: { os: 'linux', architecture: 'amd64' } }],
      });
    expect(await read(outer(inner), inner, manifest())).toMatchObject({ platformDigest: sha(manifest()) });
    const chain = [inner];
    for (let depth = 0; depth < 6; depth++) chain.push(outer(chain.at(-1) ?? ''));
    await expect(read(chain.at(-1) ?? '', ...chain, manifest())).rejects.toThrow(
      'leads to more than 4 others',
    );
  });

  test.each([
    [
      'for another platform',
      index([{ os: 'linux', architecture: 'arm64' }]),
      'app is for linux/arm64, not for linux/amd64',
    ],
    ['with attestations only', index([{ os: 'unknown', architecture: 'unknown' }]), 'is for no platform'],
    ['whose lists of layers differ', manifest(2), 'has 2 layers, its configuration 1'],
    ['of the first schema', '{"schemaVersion":1,"fsLayers":[]}', "Docker's schema 1"],
    ['without digests', '{"manifests":[{"size":1}]}', 'without digest'],
    ['that is no JSON', '<html>', 'JSON'],
  ])('%s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
