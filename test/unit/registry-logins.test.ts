import { expect, test } from 'vitest';
import { parseLogins } from '../../agent/core/registry-logins.ts';

const auth = Buffer.from('alice:pass:word').toString('base64');

test('finds a login by the domain of an image', () => {
  const logins = parseLogins(JSON.stringify({ auths: { 'registry.example.com:5000': { auth } } }));
  expect(logins.find('registry.example.com:5000')).toEqual({
    serveraddress: 'registry.example.com:5000',
    username: 'alice',
    password: 'pass:word',
  });
  expect(logins.find('registry.example.com')).toBeUndefined();
});

test("knows Docker Hub by the old clients' address", () => {
  const logins = parseLogins(JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } } }));
  expect(logins.find('docker.io')?.username).toBe('alice');
});

test('takes an identity token', () => {
  const logins = parseLogins(JSON.stringify({ auths: { r: { identitytoken: 'token' } } }));
  expect(logins.find('r')).toEqual({ serveraddress: 'r', identitytoken: 'token' });
});

test('names registries whose login only a helper has', () => {
  const logins = parseLogins(
    JSON.stringify({ auths: { a: { auth }, b: {} }, credHelpers: { a: 'x', b: 'x' } }),
  );
  expect(logins.helped).toEqual(['b']);
});

test.each(['{}', '[]', 'null', '{"auths":null}', '{"auths":{"a":7}}'])('%s has no logins', (text) => {
  expect(parseLogins(text).find('a')).toBeUndefined();
});
