import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readerOf, sha, startHttpRegistry } from '../support/http-registry.ts';

describe('B13: a registry that is busy', () => {
  test.each([
    ['asks for patience', 429, { 'retry-after': '0' }],
    ['asks for patience until a time', 429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['is overloaded', 503, {}],
    ['has a broken gateway', 502, {}],
  ])('and %s is asked again', async (_, status, headers) => {
    let refusals = 2;
    const { address, requests } = await startHttpRegistry((_, response) => {
      if (refusals-- > 0) response.writeHead(status, headers).end();
      else response.end('{}');
    });
    expect(await readerOf(address).manifest('1.0')).toBe('{}');
    expect(requests).toHaveLength(3);
  });

  test('for longer than anybody waits is an error at once', async () => {
    const { address, requests } = await startHttpRegistry((_, response) =>
      response.writeHead(429, { 'retry-after': '3600' }).end(),
    );
    await expect(readerOf(address).manifest('1.0')).rejects.toThrow('HTTP status 429');
    expect(requests).toHaveLength(1);
  });

  test('that does not answer in time is asked again, and the error says so', async () => {
    const { address, requests } = await startHttpRegistry(() => {});
    const reader = readerOf(address, { deadlineMs: 100 });
    await expect(reader.manifest('1.0')).rejects.toThrow(`${address} did not answer within 0.1 s`);
    expect(requests.length).toBe(5);
  });

  test('behind a proxy that is not there yet is asked again', async () => {
    const { address } = await startHttpRegistry((_, response) => response.writeHead(200).end('{}'));
    const proxies = ['http://127.0.0.1:1', undefined];
    const reader = readerOf(address, {
      proxyFor: ({ protocol }) => (protocol === 'http:' ? proxies.shift() : 'http://127.0.0.1:1'),
    });
    await expect(reader.manifest('1.0')).resolves.toBe('{}');
  });

  test('for good is an error after five tries, and an interruption ends the waiting', async () => {
    const { address, requests } = await startHttpRegistry((_, response) => response.writeHead(503).end());
    await expect(readerOf(address).manifest('1.0')).rejects.toThrow('HTTP status 503');
    expect(requests).toHaveLength(5);
    const controller = new AbortController();
    const patient = await startHttpRegistry((_, response) => {
      response.writeHead(429, { 'retry-after': '100' }).end();
      controller.abort();
    });
    const reader = readerOf(patient.address, { signal: controller.signal });
    await expect(reader.manifest('1.0')).rejects.toThrow('abort');
  });
});

describe('B8: a mirror of Docker Hub', () => {
  test('is asked first, without a login, and the hub is not needed', async () => {
    const mirror = await startHttpRegistry((_, response) => response.end('{}'));
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
    const empty = await startHttpRegistry((_, response) => response.writeHead(404).end());
    const full = await startHttpRegistry((_, response) => response.end('{}'));
    const mirrors = [`http://${empty.address}`, `http://${full.address}/`];
    expect(await readerOf('docker.io', { mirrors }).manifest('1.0')).toBe('{}');
  });

  test('is not asked for images of other registries', async () => {
    const mirror = await startHttpRegistry((_, response) => response.end('{"mirror":true}'));
    const registry = await startHttpRegistry((_, response) => response.end('{}'));
    const reader = readerOf(registry.address, { mirrors: [`http://${mirror.address}`] });
    expect(await reader.manifest('1.0')).toBe('{}');
    expect(mirror.requests).toEqual([]);
  });
});

test("a blob that is kept elsewhere is fetched there, without the registry's permission", async () => {
  const text = '{"a":1}';
  const store = await startHttpRegistry((_, response) => response.end(text));
  const { address } = await startHttpRegistry((request, response) => {
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
  const { address } = await startHttpRegistry(handler());
  await expect(readerOf(address).blob(sha('{"a":1}'))).rejects.toThrow(message);
});
