import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attestAddressOf, attestByOf } from '../../agent/session/attest-by.ts';
import { untilRenewal } from '../../agent/session/attest.ts';
import { newPrivateKey } from '../../agent/host/private-key.ts';
import { readOwnIdentity, writeOwnIdentity } from '../../agent/session/own-certificate.ts';
import { createLogger } from '../../proto/process/log.ts';

describe("an agent's identity", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-identity-'));
    path = join(directory, 'state', 'identity.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const read = (instanceId: string) => readOwnIdentity(path, instanceId, createLogger('test', 'silent'));

  test('is a key that only its owner can read, made before anybody is told of it', async () => {
    const { key } = await read('i-1');
    expect(key).toContain('PRIVATE KEY');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, instanceId: 'i-1', key });
    expect(readdirSync(join(directory, 'state'))).toEqual(['identity.json']);
  });

  test('stays the same as long as the instance does', async () => {
    const first = await read('i-1');
    expect(await read('i-1')).toEqual(first);
    const renewing = { ...first, nextKey: newPrivateKey() };
    await writeOwnIdentity(path, renewing);
    expect(await read('i-1')).toEqual(renewing);
  });

  test('of another instance is removed, and a new key is made', async () => {
    const other = await read('i-other');
    const own = await read('i-1');
    expect(own.key).not.toBe(other.key);
    expect(readFileSync(path, 'utf8')).not.toContain('i-other');
  });

  test.each([
    ['not JSON', '{'],
    ['without a key', '{"version":1,"instanceId":"i-1"}'],
    ['with a damaged key', '{"version":1,"instanceId":"i-1","key":"x"}'],
    ['of another version', '{"version":2,"instanceId":"i-1","key":"x"}'],
    ['with a certificate for another key', ''],
  ])('that is %s is made anew', async (_, text) => {
    const before = await read('i-1');
    const certificate = { chain: 'x', generation: 1, issueTime: 1, expireTime: 2 };
    writeFileSync(path, text === '' ? JSON.stringify({ ...before, certificate }) : text);
    const after = await read('i-1');
    expect(after.certificate).toBeUndefined();
    expect(after.key).not.toBe(before.key);
  });
});

test('a certificate is renewed at half of its lifetime, give or take a tenth', () => {
  const certificate = { issueTime: 1_000, expireTime: 101_000 };
  expect(untilRenewal(certificate, 0, 1_000)).toBe(45_000);
  expect(untilRenewal(certificate, 0.5, 1_000)).toBe(50_000);
  expect(untilRenewal(certificate, 1, 1_000)).toBeCloseTo(55_000);
  expect(untilRenewal(certificate, 0.5, 80_000)).toBe(0);
});

test('--attest takes a kind of evidence, and the address follows from the coordinator', () => {
  expect(attestByOf('aws')).toEqual({ kind: 'aws' });
  expect(attestByOf('join-token:/run/token')).toEqual({ kind: 'join-token', file: '/run/token' });
  for (const wrong of ['', 'join-token:', 'AWS', 'iid'])
    expect(() => attestByOf(wrong)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(attestAddressOf('parbake.internal:7443')).toBe('parbake.internal:7445');
  expect(attestAddressOf('[fd00::1]:7443')).toBe('[fd00::1]:7445');
});
