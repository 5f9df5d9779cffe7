import { existsSync, mkdtempSync, rmSync } from 'node:fs';
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
