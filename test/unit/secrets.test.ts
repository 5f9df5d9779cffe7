import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { partsOf, secretsIn, withSecrets } from '../../coordinator/secrets/references.ts';
import { SecretFiles } from '../../coordinator/secrets/secret-files.ts';
import { isSecretAllowed, readSecretRules } from '../../coordinator/secrets/secret-rules.ts';
import { Secrets, type SecretProvider } from '../../coordinator/secrets/secrets.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

const withCode = (code: string) => expect.objectContaining({ code });

describe('a reference', () => {
  test.each([
    ['plain', 'plain'],
    ['${secret:a}', '<a>'],
    ['postgres://u:${secret:shop/db-1.password}@db', 'postgres://u:<shop/db-1.password>@db'],
    ['${secret:a}${secret:b}', '<a><b>'],
    ['${secret:rds/db#password}', '<rds/db#password>'],
    ['$${secret:a}', '${secret:a}'],
    ['$${secret:${secret:a}', '${secret:<a>'],
    ['${other:a} $secret ${secret', '${other:a} $secret ${secret'],
  ])('in %j becomes %j', (value, resolved) => {
    const names = secretsIn({ value }) ?? [];
    const secrets = new Map(names.map((name) => [name, `<${name}>`]));
    expect(withSecrets({ value }, secrets)).toEqual({ value: resolved });
  });

  test.each([
    '${secret:a',
    '${secret:}',
    '${secret:../a}',
    '${secret:a/../b}',
    '${secret:/a}',
    '${secret:a/}',
    '${secret:a//b}',
    '${secret:.hidden}',
    '${secret:a b}',
    '${secret:a\n}',
    '${secret:a#}',
    '${secret:#a}',
    '${secret:a#b#c}',
    '${secret:a#b c}',
    `\${secret:${'a'.repeat(257)}}`,
  ])('%j is invalid', (value) => {
    expect(partsOf(value)).toBeUndefined();
  });

  test('is not looked for in a secret', () => {
    expect(withSecrets({ value: '${secret:a}' }, new Map([['a', '${secret:b}']]))).toEqual({
      value: '${secret:b}',
    });
  });
});

describe('rules', () => {
  const rules = readSecretRules(
    `apiVersion: parbake/v1
rules:
  - { secrets: [shop/*], roles: [web], callers: [client/shop] }
  - { secrets: [common], roles: ['*'], callers: ['operator/*'] }
`,
    'rules.yaml',
  );

  test.each([
    ['shop/db', 'web', 'client/shop', true],
    ['shop/db', 'web', 'client/other', false],
    ['shop/db', 'web', 'client/shop2', false],
    ['shop/db', 'batch', 'client/shop', false],
    ['shop', 'web', 'client/shop', false],
    ['common', 'batch', 'operator/local', true],
    ['common', 'web', 'client/shop', false],
  ])('secret %s for role %s of %s: %s', (secret, role, owner, isAllowed) => {
    expect(isSecretAllowed(rules, { secret, role, owner })).toBe(isAllowed);
  });

  test.each([
    ['no version', 'rules: []', /apiVersion/],
    ['no rules', 'apiVersion: parbake/v1\nrules: []', /list with an entry/],
    [
      'a rule for every caller by omission',
      'apiVersion: parbake/v1\nrules: [{ secrets: [a], roles: [b] }]',
      /callers/,
    ],
    ['an unknown key', 'apiVersion: parbake/v1\nrules: [{ secret: a }]', /unknown key "secret"/],
    [
      'a star in the middle',
      'apiVersion: parbake/v1\nrules: [{ secrets: ["a*b"], roles: [b], callers: [c] }]',
      /not a pattern/,
    ],
    ['no YAML', '{', /rules.yaml: /],
  ])('with %s are refused', (_, text, problem) => {
    expect(() => readSecretRules(text, 'rules.yaml')).toThrow(problem);
  });
});

describe('secrets', () => {
  const rules = [{ secrets: ['*'], roles: ['*'], callers: ['client/shop'] }];
  const order = { role: 'web', owner: 'client/shop', env: { URL: '${secret:a}' } };

  /** Counts what it is asked for, and answers when it is told to. */
  class Provider implements SecretProvider {
    readonly asked: string[] = [];
    answer: (name: string) => Promise<string> = (name) => Promise.resolve(`<${name}>`);

    fetch(name: string): Promise<string> {
      this.asked.push(name);
      return this.answer(name);
    }
  }

  test('are fetched once for many orders, and then are there at once', async () => {
    const provider = new Provider();
    const secrets = new Secrets({ provider, rules });
    const all = await Promise.all([secrets.resolve(order), secrets.resolve(order)]);
    expect(all).toEqual([{ URL: '<a>' }, { URL: '<a>' }]);
    expect(secrets.resolve(order)).toEqual({ URL: '<a>' });
    expect(provider.asked).toEqual(['a']);
  });

  test('are not asked for where an order names none', () => {
    expect(Secrets.none().resolve({ ...order, env: { A: '1' } })).toEqual({ A: '1' });
  });

  test('that are JSON objects are fetched once for all of their keys', async () => {
    const provider = new Provider();
    provider.answer = () => Promise.resolve('{"username":"web","password":"p\\"w","port":5432}');
    const secrets = new Secrets({ provider, rules });
    const env = { URL: 'postgres://${secret:db#username}:${secret:db#password}@db:${secret:db#port}' };
    const resolved = { URL: 'postgres://web:p"w@db:5432' };
    await expect(secrets.resolve({ ...order, env })).resolves.toEqual(resolved);
    expect(secrets.resolve({ ...order, env })).toEqual(resolved);
    expect(provider.asked).toEqual(['db']);
  });

  test.each([
    '{"host":"db"}',
    '{"password":{"a":1}}',
    '["password"]',
    '{"password":12345678901234567890}',
    'hunter2',
    'null',
  ])('that are %s have no password, and the error does not show them', async (text) => {
    const provider = new Provider();
    provider.answer = () => Promise.resolve(text);
    const env = { URL: '${secret:db#password}' };
    const error = await Promise.resolve(new Secrets({ provider, rules }).resolve({ ...order, env })).catch(
      (cause: unknown) => cause,
    );
    expect(error).toEqual(withCode('SECRET_UNAVAILABLE'));
    expect(String(error)).not.toContain('hunter2');
  });

  test('are allowed or refused by their name, whatever key is wanted', () => {
    const named = [{ secrets: ['db'], roles: ['*'], callers: ['client/shop'] }];
    const secrets = new Secrets({ provider: new Provider(), rules: named });
    expect(() => secrets.resolve({ ...order, env: { URL: '${secret:other#db}' } })).toThrow(
      withCode('SECRET_NOT_ALLOWED'),
    );
  });

  test('are fetched again after a while', async () => {
    const provider = new Provider();
    const secrets = new Secrets({ provider, rules, freshFor: 1 });
    await secrets.resolve(order);
    await expect.poll(() => secrets.resolve(order) instanceof Promise).toBe(true);
    expect(provider.asked).toEqual(['a', 'a']);
  });

  test('that fail are not kept', async () => {
    const provider = new Provider();
    const secrets = new Secrets({ provider, rules });
    provider.answer = () => Promise.reject(new ParbakeError('SECRET_UNAVAILABLE', 'away'));
    await expect(secrets.resolve(order)).rejects.toEqual(withCode('SECRET_UNAVAILABLE'));
    provider.answer = () => Promise.resolve('back');
    await expect(secrets.resolve(order)).resolves.toEqual({ URL: 'back' });
  });

  test('that do not come in time are given up', async () => {
    const provider = new Provider();
    provider.answer = () => new Promise(() => {});
    const secrets = new Secrets({ provider, rules, patience: 1 });
    await expect(secrets.resolve(order)).rejects.toEqual(withCode('SECRET_UNAVAILABLE'));
  });

  test('that no rule allows are not asked for', async () => {
    const provider = new Provider();
    const secrets = new Secrets({ provider, rules });
    expect(() => secrets.resolve({ ...order, owner: 'client/other' })).toThrow(
      withCode('SECRET_NOT_ALLOWED'),
    );
    expect(() => Secrets.none().resolve(order)).toThrow(withCode('SECRET_NOT_ALLOWED'));
    expect(provider.asked).toEqual([]);
  });

  test.each([
    ['a NUL', 'a\0b', 'SECRET_UNAVAILABLE'],
    ['too many bytes', 'x'.repeat(97 * 1024), 'SECRET_UNAVAILABLE'],
  ])('with %s fit into no variable', async (_, value, code) => {
    const provider = new Provider();
    provider.answer = () => Promise.resolve(value);
    const secrets = new Secrets({ provider, rules });
    const refused = secrets.resolve(order);
    await expect(refused).rejects.toEqual(withCode(code));
    await expect(refused).rejects.not.toThrow(new RegExp(value.slice(0, 10).replace('\0', '')));
  });

  test('that together are too large are refused', async () => {
    const provider = new Provider();
    provider.answer = () => Promise.resolve('x'.repeat(90 * 1024));
    const secrets = new Secrets({ provider, rules });
    const env = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`A${index}`, '${secret:a}']));
    await expect(secrets.resolve({ ...order, env })).rejects.toEqual(withCode('ORDER_TOO_LARGE'));
  });

  test('with an invalid reference are the request that is wrong', () => {
    expect(() => Secrets.none().resolve({ ...order, env: { A: '${secret:' } })).toThrow(
      withCode('REQUEST_INVALID'),
    );
  });
});

describe('secrets in files', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-secrets-'));
    mkdirSync(join(directory, 'in/shop'), { recursive: true });
    mkdirSync(join(directory, 'inside'));
    writeFileSync(join(directory, 'outside'), 'of somebody else');
    writeFileSync(join(directory, 'inside/outside'), 'of somebody else');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const files = (): SecretFiles => new SecretFiles(join(directory, 'in'));

  test('are their content, without the line feed at its end', async () => {
    writeFileSync(join(directory, 'in/shop/db'), 'pass word\n\n');
    expect(await files().fetch('shop/db')).toBe('pass word\n');
  });

  test('may be links within the directory, as volumes have them', async () => {
    mkdirSync(join(directory, 'in/..data'));
    writeFileSync(join(directory, 'in/..data/db'), 'password');
    symlinkSync('..data/db', join(directory, 'in/db'));
    expect(await files().fetch('db')).toBe('password');
  });

  test.each([
    ['a link out of the directory', () => symlinkSync('../outside', join(directory, 'in/a'))],
    ['a link into its neighbour', () => symlinkSync('../inside/outside', join(directory, 'in/a'))],
    ['a directory', () => mkdirSync(join(directory, 'in/a'))],
    ['nothing', () => {}],
  ])('%s is not found', async (_, make) => {
    make();
    await expect(files().fetch('a')).rejects.toEqual(withCode('SECRET_NOT_FOUND'));
  });

  test('are not read without end', async () => {
    writeFileSync(join(directory, 'in/a'), Buffer.alloc(97 * 1024, 'a'));
    await expect(files().fetch('a')).rejects.toEqual(withCode('SECRET_UNAVAILABLE'));
  });
});
