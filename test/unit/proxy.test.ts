import { expect, test } from 'vitest';
import { proxyOf } from '../../proto/wire/proxy.ts';
import { proxyFor } from '../../proto/process/proxy.ts';
import { retryAfterMs } from '../../agent/registry/retry-after.ts';

const proxies = { http: 'http://plain:3128', https: 'secure:3128', no: '' };

test.each([
  ['https://registry.example.com/v2/', '', 'http://secure:3128'],
  ['http://registry.example.com/v2/', '', 'http://plain:3128'],
  ['https://127.0.0.1:5000/v2/', '', undefined],
  ['https://127.9.9.9:5000/v2/', '', undefined],
  ['https://localhost:5000/v2/', '', undefined],
  ['https://[::1]:5000/v2/', '', undefined],
  ['https://10.1.2.3:5000/v2/', '10.0.0.0/8', undefined],
  ['https://10.1.2.3:5000/v2/', '192.168.0.0/16, 10.0.0.0/8', undefined],
  ['https://11.1.2.3:5000/v2/', '10.0.0.0/8', 'http://secure:3128'],
  ['https://[fd00::5]/v2/', 'fd00::/8', undefined],
  ['https://[fe80::5]/v2/', 'fd00::/8', 'http://secure:3128'],
  ['https://10.1.2.3:5000/v2/', '10.1.2.3', undefined],
  ['https://10.1.2.3:5000/v2/', '10.1.2.3:5000', undefined],
  ['https://10.1.2.3:5000/v2/', '10.1.2.3:443', 'http://secure:3128'],
  ['https://registry.example.com/v2/', 'example.com', undefined],
  ['https://REGISTRY.example.com/v2/', 'Example.COM', undefined],
  ['https://example.com/v2/', 'example.com', undefined],
  ['https://example.com/v2/', '.example.com', 'http://secure:3128'],
  ['https://registry.example.com/v2/', '.example.com', undefined],
  ['https://registry.example.com/v2/', '*.example.com', undefined],
  ['https://notexample.com/v2/', 'example.com', 'http://secure:3128'],
  ['https://registry.example.com/v2/', 'registry.example.com:443', undefined],
  ['https://registry.example.com:5000/v2/', 'registry.example.com:443', 'http://secure:3128'],
  ['https://registry.example.com/v2/', '*', undefined],
  ['https://registry.example.com/v2/', ' , nonsense/99, 1.2.3.4/x', 'http://secure:3128'],
])('B8: %s with NO_PROXY "%s" goes through %s', (url, no, expected) => {
  expect(proxyFor(new URL(url), { ...proxies, no })).toBe(expected);
});

test.each([
  ['10.0.1.10:7443', { https_proxy: 'http://user:secret@proxy:3128/' }, 'http://proxy:3128'],
  ['10.0.1.10:7443', { http_proxy: 'http://proxy:3128' }, 'http://proxy:3128'],
  ['10.0.1.10:7443', { grpc_proxy: 'http://a:1', https_proxy: 'http://b:2' }, 'http://a:1'],
  ['10.0.1.10:7443', { https_proxy: 'http://proxy:3128', no_proxy: '10.0.0.0/8' }, undefined],
  ['10.0.1.10:7443', { https_proxy: 'http://proxy:3128', NO_PROXY: 'x, 10.0.1.10:7443' }, undefined],
  ['10.0.1.10:7443', { https_proxy: 'http://proxy:3128', NO_PROXY: '*' }, undefined],
  ['a.example.com:7443', { https_proxy: 'http://proxy:3128', NO_PROXY: '.example.com' }, undefined],
  ['127.0.0.1:7443', { https_proxy: 'http://proxy:3128' }, undefined],
  ['localhost:7443', { https_proxy: 'http://proxy:3128' }, undefined],
  ['[::1]:7443', { https_proxy: 'http://proxy:3128' }, undefined],
  ['unix:/run/coordinator.sock', { https_proxy: 'http://proxy:3128' }, undefined],
  ['10.0.1.10:7443', { https_proxy: 'socks5://proxy:1080' }, undefined],
  ['10.0.1.10:7443', { https_proxy: 'nonsense' }, undefined],
  ['10.0.1.10:7443', {}, undefined],
])('A19: gRPC reaches %s with %j through %s', (address, env, expected) => {
  expect(proxyOf(address, env)).toBe(expected);
});

test('without a proxy every request is direct', () => {
  expect(proxyFor(new URL('https://r'), { http: 'http://plain:1', https: '', no: '' })).toBeUndefined();
});

test.each([
  ['120', 120_000],
  ['0', 0],
  [' 5 ', 5000],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 9000],
  ['Fri, 31 Dec 1998 23:59:59 GMT', 0],
  ['', undefined],
  [undefined, undefined],
  ['-1', undefined],
  ['soon', undefined],
])('Retry-After "%s" means %s ms', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(1999, 11, 31, 23, 59, 50))).toBe(expected);
});
