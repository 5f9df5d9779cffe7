import { describe, expect, test } from 'vitest';
import type { Login } from '../../agent/core/image/registry-logins.ts';
import { readerOf, sha, startHttpRegistry } from '../support/http-registry.ts';

describe('a registry that gives tokens', () => {
  const alice: Login = { serveraddress: 'r', username: 'alice', password: 'secret' };

  async function startRegistry(realmOf: (own: string) => string = (own) => own) {
    let own = '';
    const registry = await startHttpRegistry((request, response) => {
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
    const { address, requests } = await startHttpRegistry((request, response) => {
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

describe('finding 20: a stranger that a registry leads to', () => {
  const alice: Login = { serveraddress: 'r', username: 'alice', password: 'secret' };

  test("gets no password by a challenge of its own: a redirect's target is not the registry", async () => {
    const thief = await startHttpRegistry((request, response) => {
      if (request.url?.startsWith('/token') === true) response.end('{"token":"t"}');
      else
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host ?? ''}/token"` })
          .end();
    });
    const { address } = await startHttpRegistry(
      (_, response) => void response.writeHead(307, { location: `http://${thief.address}/blob` }).end(),
    );
    await expect(readerOf(address, { user: alice }).blob(sha('x'))).rejects.toThrow('HTTP status 401');
    expect(thief.requests.map(({ url }) => url)).toEqual(['/blob']);
  });

  test('gets no token request by a redirect of the realm, neither its password nor its body', async () => {
    const thief = await startHttpRegistry((_, response) => response.end('{"token":"t"}'));
    const { address } = await startHttpRegistry((request, response) => {
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
    const { address } = await startHttpRegistry((request, response) => {
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
    const { address } = await startHttpRegistry((request, response) => {
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
