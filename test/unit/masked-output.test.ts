import { describe, expect, test } from 'vitest';
import { maskedOutput } from '../../agent/core/order/masked-output.ts';

const env = {
  DATABASE_URL: 'postgres://app:c4nary%21word@db:5432/app',
  API_KEY: 'canary-4f9b2c',
  PORT: '80',
  MULTI: 'first canary\nsecond canary',
};
const files = { 'tls.key': Buffer.from('-----BEGIN KEY-----\ncanaryOfTheFile\n-----END KEY-----\n') };
const masked = (text: string): string => maskedOutput(text, { env, files });

describe('what an application printed', () => {
  test.each([
    ['a value', 'started with canary-4f9b2c', 'started with ***'],
    ['a value in JSON', '{"a":"first canary\\nsecond canary"}', '{"a":"***"}'],
    ['a value in a URL', `?k=${encodeURIComponent(env.DATABASE_URL)}`, '?k=***'],
    ['a value in base64', Buffer.from(env.API_KEY).toString('base64'), '***=='],
    ['a line of a value', 'got second canary', 'got ***'],
    [
      'the password of a URL that it was given',
      'login as app with c4nary!word failed',
      'login as app with *** failed',
    ],
    ['the same as it stands there', 'c4nary%21word', '***'],
    ['a file', 'read canaryOfTheFile', 'read ***'],
    [
      'any URL with a password',
      'dial redis://u:hunter2@cache:6379 failed',
      'dial redis://***@cache:6379 failed',
    ],
    ['what is called a secret', 'DB_PASSWORD=hunter2 HOST=db', 'DB_PASSWORD=*** HOST=db'],
    ['a header', 'Authorization: Bearer abc.def.ghi', 'Authorization: ***'],
    ['a secret in JSON', '{"client_secret": "hunter2", "n": 1}', '{"client_secret": ***, "n": 1}'],
    [
      'a private key',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nafter',
      '***\nafter',
    ],
    ['the beginning of a private key', 'x\n-----BEGIN PRIVATE KEY-----\nMIIE\nabc', 'x\n***'],
    ['control characters', 'red \u001b[31malert\u0007\u202e\r\nnext', 'red  [31malert\nnext'],
    ['nothing of what tells nothing', 'listening on 80', 'listening on 80'],
  ])('is told without %s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test('is cut to its end, after it was masked', () => {
    const text = masked(`${'x'.repeat(1_990)}${env.API_KEY}\n${'y\n'.repeat(30)}`);
    expect(text.split('\n')).toHaveLength(20);
    expect(masked(`${env.API_KEY}${'z'.repeat(1_995)}`)).not.toContain('4f9b2c');
  });

  test('is masked without an order too', () => {
    expect(maskedOutput('token: abcdef', undefined)).toBe('token: ***');
  });
});
