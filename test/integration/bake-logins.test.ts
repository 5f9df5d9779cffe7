import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { startGuardedRegistry, type GuardedRegistry } from '../fakes/guarded-registry.ts';
import { recipeOf, runBake, type Ended } from '../support/bake-run.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

const password = 'canary-password-4711';
const path = '/usr/bin:/bin';

describe.skipIf(missing !== undefined)(`logins of a bake ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;
  let guarded: GuardedRegistry;
  let config: string;
  let ref: string;
  /** In the same registry, past its guard. */
  let publicRef: string;
  let programs: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    const { address } = await testbed.registry();
    engine = await testbed.startEngine({ root: testbed.makeDirectory('builder') });
    await buildTinyImage(engine, testbed.makeDirectory('tiny'), `${address}/acme/tiny:1.0`);
    await pushImage(engine, `${address}/acme/tiny:1.0`);
    guarded = await startGuardedRegistry(testbed.hostAddress, address, { name: 'alice', password });
    testbed.onClose(() => guarded.close());
    ref = `${guarded.address}/acme/tiny:1.0`;
    publicRef = `${address}/acme/tiny:1.0`;
    config = join(engine.root, 'root/.docker/config.json');
    mkdirSync(join(engine.root, 'root/.docker'), { recursive: true });
    programs = testbed.makeDirectory('programs');
  });

  afterAll(async () => {
    await testbed?.close();
  });

  beforeEach(async () => {
    rmSync(config, { force: true });
    rmSync(join(testbed.directory, 'parbake.lock'), { force: true });
    for (const image of await engine.docker.listImages())
      await engine.docker.getImage(image.Id).remove({ force: true });
  });

  const bake = async (...args: string[]): Promise<Ended> => await bakeOf(ref, ...args);
  const bakeOf = async (image: string, ...args: string[]): Promise<Ended> =>
    await runBake({
      directory: testbed.directory,
      root: engine.root,
      recipe: recipeOf(image),
      args,
      env: { PATH: `${programs}:${path}` },
    });

  function program(name: string, lines: readonly string[]): string {
    const file = join(programs, name);
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    return file;
  }

  /** The password is nowhere in what the bake printed or left behind. */
  async function expectNoPassword({ stdout, stderr }: Ended): Promise<void> {
    expect(stdout + stderr).not.toContain(password);
    const encoded = Buffer.from(`alice:${password}`).toString('base64');
    const found = await command('grep', [
      '-rlF',
      '-e',
      password,
      '-e',
      encoded,
      engine.root,
      join(testbed.directory, 'parbake.lock'),
    ]).catch(() => '');
    expect(found.split('\n').filter((file) => file !== '' && file !== config)).toEqual([]);
  }

  test('without any, the registry refuses', async () => {
    const ended = await bake('--retries', '0');
    expect(ended.stderr).toContain('[IMAGE_NOT_FOUND]');
    expect(guarded.counts.refused).toBeGreaterThan(0);
  });

  test("Docker's own configuration", async () => {
    const auth = Buffer.from(`alice:${password}`).toString('base64');
    const text = JSON.stringify({ auths: { [guarded.address]: { auth } } });
    writeFileSync(config, text);
    const ended = await bake();
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stderr).not.toContain('warning');
    expect(readFileSync(config, 'utf8')).toBe(text);
    await expectNoPassword(ended);
  });

  test('B1: a bake says that instances will have no login for an image that they pull', async () => {
    const auth = Buffer.from(`alice:${password}`).toString('base64');
    writeFileSync(config, JSON.stringify({ auths: { [guarded.address]: { auth } } }));
    const recipe = `apiVersion: parbake/v1\nimages:\n  - { ref: ${ref}, bake: false }\n`;
    const ended = await runBake({ directory: testbed.directory, root: engine.root, recipe });
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stderr).toContain('[LOGIN_NOT_ON_INSTANCES]');
  });

  test('a credential helper is asked for its registry, once, and nothing is written', async () => {
    const asked = join(testbed.directory, 'asked');
    rmSync(asked, { force: true });
    program('docker-credential-test', [
      `read server; echo "$1 $server" >> ${asked}`,
      `printf '{"ServerURL":"%s","Username":"alice","Secret":"${password}"}' "$server"`,
    ]);
    const text = JSON.stringify({
      auths: { [guarded.address]: {} },
      credHelpers: { [guarded.address]: 'test' },
    });
    writeFileSync(config, text);
    const ended = await bake();
    expect(ended).toMatchObject({ exit: 0 });
    expect(readFileSync(asked, 'utf8')).toBe(`get ${guarded.address}\n`);
    expect(readFileSync(config, 'utf8')).toBe(text);
    await expectNoPassword(ended);
  });

  test('a credential store that knows no login leaves it to the file', async () => {
    program('docker-credential-empty', ['echo "credentials not found in native keychain"; exit 1']);
    const auth = Buffer.from(`alice:${password}`).toString('base64');
    writeFileSync(config, JSON.stringify({ auths: { [guarded.address]: { auth } }, credsStore: 'empty' }));
    expect(await bake()).toMatchObject({ exit: 0 });
  });

  test('a login command with arguments, which no shell reads', async () => {
    const printer = program('token', [`[ "$1" = '$(reboot); x' ] && printf '%s\\n' ${password}`]);
    const wish = `alice@${guarded.address}=${JSON.stringify([printer, '$(reboot); x'])}`;
    const ended = await bake('--login-command', wish);
    expect(ended).toMatchObject({ exit: 0 });
    rmSync(printer);
    await expectNoPassword(ended);
  });

  test.each([
    ['ends badly', ['echo canary-password-4711; exit 3'], 'it ended with 3'],
    ['prints nothing', ['exit 0'], 'printed no password'],
  ])('a login command that %s names itself and nothing that it printed', async (_, lines, reason) => {
    const printer = program('broken', lines);
    const ended = await bake('--login-command', `alice@${guarded.address}=${printer}`);
    expect(ended).toMatchObject({ exit: 1, stdout: '' });
    expect(ended.stderr).toContain(`${printer}, ${reason.startsWith('it') ? `failed: ${reason}` : reason}`);
    expect(ended.stderr).toContain('[LOGIN_FAILED]');
    rmSync(printer);
    await expectNoPassword(ended);
  });

  test.each([
    ['is broken', ['echo "gpg: decryption failed"; exit 2'], 'it ended with 2'],
    ['prints something else', ['echo hello'], 'that can be understood'],
  ])('B11: a credential store that %s stops nobody from pulling a public image', async (_, lines, reason) => {
    program('docker-credential-pass', lines);
    writeFileSync(config, JSON.stringify({ credsStore: 'pass' }));
    const ended = await bakeOf(publicRef);
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stderr).toContain(reason);
    expect(ended.stderr).toContain('its images were pulled without a login');
  });

  test('B12: a login that expired before the pull is asked for again', async () => {
    const asked = join(testbed.directory, 'asked-again');
    rmSync(asked, { force: true });
    program('docker-credential-expiring', [
      `read server; echo get >> ${asked}`,
      `[ "$(wc -l < ${asked})" -gt 1 ] && secret=${password} || secret=expired`,
      `printf '{"ServerURL":"%s","Username":"alice","Secret":"%s"}' "$server" "$secret"`,
    ]);
    writeFileSync(config, JSON.stringify({ credHelpers: { [guarded.address]: 'expiring' } }));
    const ended = await bake();
    expect(ended).toMatchObject({ exit: 0 });
    await expectNoPassword(ended);
  });

  test('a credential helper that is not there, or whose name is invalid, is named by the refusal', async () => {
    writeFileSync(config, JSON.stringify({ credsStore: 'nowhere' }));
    expect((await bake()).stderr).toContain('docker-credential-nowhere gave no login');
    writeFileSync(config, JSON.stringify({ credsStore: '../../bin/sh' }));
    expect((await bake()).stderr).toContain('"../../bin/sh" is not the name of a credential helper');
  });
});
