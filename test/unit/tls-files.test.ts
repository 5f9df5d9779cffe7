import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import { readTls } from '../../proto/wire/tls-files.ts';

let directory: string;
const path = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-tls-'));
  for (const name of ['one', 'two']) {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)];
    await command('openssl', ['req', '-x509', ...curve, '-subj', `/CN=${name}`, ...files]);
  }
  const sealed = ['-aes256', '-passout', 'pass:x', '-out', path('sealed.key')];
  await command('openssl', ['ec', '-in', path('one.key'), ...sealed]);
  writeFileSync(path('text'), 'not a certificate\n');
});

afterAll(() => rmSync(directory, { recursive: true }));

const read = (ca: string, certificate: string, key: string) =>
  readTls({ ca: path(ca), certificate: path(certificate), key: path(key) });

test('a certificate with its key is taken', async () => {
  expect((await read('two.pem', 'one.pem', 'one.key'))?.key.toString()).toContain('PRIVATE KEY');
});

test.each([
  ['no CA', 'text', 'one.pem', 'one.key', /text holds no certificate in PEM/],
  ['no certificate', 'two.pem', 'text', 'one.key', /text holds no certificate in PEM/],
  ['no key', 'two.pem', 'one.pem', 'text', /text holds no private key in PEM/],
  ['files the wrong way round', 'two.pem', 'one.key', 'one.pem', /one\.key holds no certificate in PEM/],
  ['a key that nobody can ask a password for', 'two.pem', 'one.pem', 'sealed.key', /without a password/],
  [
    "another certificate's key",
    'two.pem',
    'one.pem',
    'two.key',
    /two\.key is not that of the certificate in .*one\.pem/,
  ],
])('%s: the file is named', async (_what, ca, certificate, key, message) => {
  const refused = read(ca, certificate, key);
  await expect(refused).rejects.toMatchObject({ code: 'TLS_INVALID' });
  await expect(refused).rejects.toThrow(message);
});
