import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  newKeyFile,
  openKeys,
  parseKeys,
  rotateKey,
  withNewKey,
} from '../../coordinator/secrets/store-keys.ts';
import { Vault } from '../../coordinator/secrets/vault.ts';
import type { SealedRow } from '../../coordinator/store/sealed.ts';

const content = {
  env: { DATABASE_URL: 'postgres://alice:hunter2@db', EMPTY: '' },
  files: { 'tls.key': Buffer.from([0, 1, 254, 255]).toString('base64'), empty: '' },
};
const file = newKeyFile();
const vault = new Vault(parseKeys('keys', file));
const rotated = new Vault(parseKeys('keys', withNewKey(file)));
const hashes = { fingerprint: 'f', contentHash: 'c' };
const invalid = expect.objectContaining({ code: 'STORE_KEY_INVALID' });

describe('a vault', () => {
  test('gives back what it sealed', () => {
    expect(vault.open('as-1', vault.seal('as-1', content))).toEqual(content);
  });

  test('never seals the same value the same way twice', () => {
    expect(vault.seal('as-1', content)).not.toEqual(vault.seal('as-1', content));
  });

  test('shows names and no values', () => {
    const sealed = vault.seal('as-1', content);
    expect(Object.keys(sealed.env)).toEqual(['DATABASE_URL', 'EMPTY']);
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
  });

  test.each([
    ['another assignment', 'as-2', (env: Record<string, string>) => env],
    ['another name', 'as-1', ({ EMPTY = '' }: Record<string, string>) => ({ DATABASE_URL: EMPTY })],
    ['a changed byte', 'as-1', ({ EMPTY = '' }) => ({ EMPTY: `${EMPTY.slice(0, -2)}AA` })],
    ['a cut value', 'as-1', ({ EMPTY = '' }) => ({ EMPTY: EMPTY.slice(0, 20) })],
    ['plain text', 'as-1', () => ({ EMPTY: 'plain' })],
    ['nothing', 'as-1', () => ({ EMPTY: '' })],
  ])(
    'does not open a value for %s',
    (_, assignmentId, change: (env: Record<string, string>) => Record<string, string>) => {
      const { env } = vault.seal('as-1', content);
      expect(() => vault.open(assignmentId, { env: change(env), files: {} })).toThrow(invalid);
    },
  );

  test('does not take a file for a variable', () => {
    const { files } = vault.seal('as-1', { env: {}, files: { a: '' } });
    expect(() => vault.open('as-1', { env: files, files: {} })).toThrow(invalid);
  });

  test('opens with older keys, and seals with the newest', () => {
    const sealed = vault.seal('as-1', content);
    expect(rotated.open('as-1', sealed)).toEqual(content);
    expect(() => vault.open('as-1', rotated.seal('as-1', content))).toThrow(invalid);
  });

  test('hashes with every key, so that a request from before a rotation is recognised', () => {
    expect(rotated.hashes(hashes)).toEqual([rotated.hashes(hashes)[0], vault.hashes(hashes)[0]]);
    expect(vault.hashes(hashes)[0].fingerprint).not.toBe(Vault.ephemeral().hashes(hashes)[0].fingerprint);
  });

  const row: SealedRow = { assignmentId: 'as-1', sealedBy: '', ...content, ...hashes };

  test('seals a row of a former version', () => {
    const sealed = vault.reseal(row);
    expect(sealed).toMatchObject({ sealedBy: vault.newestKey, ...vault.hashes(hashes)[0] });
    expect(vault.open('as-1', sealed)).toEqual(content);
  });

  test('seals a row of an older key anew, and leaves its hashes', () => {
    const sealed = rotated.reseal(vault.reseal(row));
    expect(sealed).toMatchObject({ sealedBy: rotated.newestKey, ...vault.hashes(hashes)[0] });
    expect(rotated.open('as-1', sealed)).toEqual(content);
  });
});

describe('the file of keys', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-keys-'));
    path = join(directory, 'store.key');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  test('is made with a key, for its owner alone', async () => {
    const [{ id }] = await openKeys(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await openKeys(path)).map((key) => key.id)).toEqual([id]);
  });

  test('gets a new key in front of the others', async () => {
    const [{ id }] = await openKeys(path);
    const newest = await rotateKey(path);
    expect((await openKeys(path)).map((key) => key.id)).toEqual([newest, id]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test('may come from openssl rand -base64 32', async () => {
    writeFileSync(path, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
    await expect(openKeys(path)).resolves.toHaveLength(1);
  });

  test.each([
    ['no key', '# nothing\n'],
    ['a short key', `${Buffer.alloc(31).toString('base64')}\n`],
    ['something else', 'hunter2\n'],
  ])('with %s is refused, and not repeated', async (_, text) => {
    writeFileSync(path, text, { mode: 0o600 });
    const refused = openKeys(path);
    await expect(refused).rejects.toEqual(invalid);
    await expect(refused).rejects.not.toThrow(/hunter2/);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('that others can read is refused', async () => {
    await openKeys(path);
    chmodSync(path, 0o640);
    await expect(openKeys(path)).rejects.toMatchObject({ code: 'KEY_EXPOSED' });
  });

  test('that is missing is not rotated', async () => {
    await expect(rotateKey(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
