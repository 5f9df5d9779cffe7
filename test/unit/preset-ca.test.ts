import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveDeclaration } from '../../coordinator/serve/serve-declaration.ts';
import { readServeOptions } from '../../coordinator/serve/serve-options.ts';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { readArguments } from '../../proto/process/cli/arguments.ts';

describe('the CA that the package presets', () => {
  let directory: string;
  const at = (...parts: string[]): string => join(directory, ...parts);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-preset-ca-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const serve = async (...args: string[]) => {
    const env = { PARBAKE_DEFAULT_CA: at('ca'), PARBAKE_CONFIG: '/dev/null' };
    const { values, settings } = await readArguments(serveDeclaration, args, env);
    return await readServeOptions(values, settings, env);
  };
  const attesting = ['--tls-listen', '0.0.0.0:7443', '--attest-listen', '0.0.0.0:7445'];

  test('is not made while the service listens on its socket only', async () => {
    expect((await serve('--http', '127.0.0.1:8080')).trust).toBeUndefined();
    expect(existsSync(at('ca'))).toBe(false);
  });

  test('is made for agents, and issues their certificates', async () => {
    const { trust } = await serve(...attesting, '--host', '10.0.1.10');
    expect(trust?.issuer).toBeDefined();
    expect(existsSync(at('ca/ca.pem'))).toBe(true);
  });

  test('certifies the coordinator anew when the names change that agents dial, and only then', async () => {
    const names = async (...hosts: string[]): Promise<string | undefined> => {
      await serve(...attesting, ...hosts.flatMap((host) => ['--host', host]));
      return new X509Certificate(readFileSync(at('ca/server.pem'))).subjectAltName;
    };
    const pem = (): string => readFileSync(at('ca/server.pem'), 'utf8');
    const files = ['ca.pem', 'ca.key', 'server.key', 'operator.pem'];
    expect(await names('10.0.1.10')).toBe('IP Address:10.0.1.10');
    const [before, others] = [pem(), files.map((file) => readFileSync(at('ca', file), 'utf8'))];
    await names('10.0.1.10');
    // Listening everywhere without a name says nothing about names.
    await names();
    expect(pem()).toBe(before);
    expect(await names('parbake.internal', 'fd00::1')).toBe(
      'DNS:parbake.internal, IP Address:FD00:0:0:0:0:0:0:1',
    );
    expect(await names('fd00::1')).toBe('IP Address:FD00:0:0:0:0:0:0:1');
    await serve('--tls-listen', '127.0.0.1:0', '--attest-listen', '[fd00::1]:0');
    expect(new X509Certificate(pem()).subjectAltName).toBe(
      'IP Address:FD00:0:0:0:0:0:0:1, IP Address:127.0.0.1',
    );
    expect(
      new X509Certificate(pem()).checkPrivateKey(createPrivateKey(readFileSync(at('ca/server.key')))),
    ).toBe(true);
    // Agents know the CA, and operators have theirs already.
    expect(files.map((file) => readFileSync(at('ca', file), 'utf8'))).toEqual(others);
  });

  test('needs the name that agents dial', async () => {
    await expect(serve(...attesting)).rejects.toThrow('--ca needs --host');
  });

  test("gives way to the operator's own certificates", async () => {
    const host = { holder: 'server' as const, hosts: ['10.0.1.10'], days: 1 };
    await makeAuthority(at('own'), [{ name: 'server', ...host }]);
    const own = ['--tls-ca', at('own/ca.pem'), '--tls-cert', at('own/server.pem')];
    const options = await serve('--tls-listen', '0.0.0.0:7443', ...own, '--tls-key', at('own/server.key'));
    expect(options.listeners).toHaveLength(2);
    expect(existsSync(at('ca'))).toBe(false);
  });

  test('is a mistake beside certificates where the operator asked for it', async () => {
    await expect(
      serve('--ca', at('ca'), '--tls-ca', at('own/ca.pem'), '--tls-listen', '0.0.0.0:7443'),
    ).rejects.toThrow('--ca has all certificates');
  });
});
