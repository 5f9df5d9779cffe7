import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secretKey } from '../../agent/host/secret-key.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-key-'));
  path = join(directory, 'state/container.key');
});

afterEach(() => rmSync(directory, { recursive: true }));

test('a key is kept before it is used, and is the same afterwards', () => {
  const key = secretKey(path);
  expect(existsSync(path)).toBe(false);
  key.keep();
  expect(secretKey(path).bytes).toEqual(key.bytes);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a key that a crash cut off is replaced', () => {
  secretKey(path).keep();
  writeFileSync(path, 'short');
  const key = secretKey(path);
  expect(key.bytes).toHaveLength(32);
  key.keep();
  expect(readFileSync(path)).toEqual(key.bytes);
});

test('a key that cannot be kept is said so, and kept once it can be', () => {
  writeFileSync(join(directory, 'state'), 'a file where a directory has to be');
  const key = secretKey(path);
  expect(() => key.keep()).toThrow(expect.objectContaining({ code: 'AGENT_STATE_UNWRITABLE' }));
  rmSync(join(directory, 'state'));
  key.keep();
  expect(secretKey(path).bytes).toEqual(key.bytes);
});
