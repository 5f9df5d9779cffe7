import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failAs, removeDurably, writeDurably, writeDurablySync } from '../../agent/host/durable-file.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-durable-'));
  path = join(directory, 'file');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe.each([
  ['waiting for the disk', writeDurably],
  ['at once', async (...args: Parameters<typeof writeDurablySync>) => writeDurablySync(...args)],
])('a file written durably, %s', (_, write) => {
  test('has its content and mode whatever the umask and the file before it', async () => {
    const umask = process.umask(0o077);
    try {
      writeFileSync(path, 'before', { mode: 0o600 });
      await write(path, 'after', 0o644);
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('replaces the name and leaves the old file to whoever has it open or linked', async () => {
    writeFileSync(path, 'before');
    linkSync(path, join(directory, 'other'));
    await write(path, Buffer.from('after'), 0o600);
    expect(readFileSync(join(directory, 'other'), 'utf8')).toBe('before');
  });

  test('is written over what an interrupted write left', async () => {
    writeFileSync(join(directory, '.file.tmp'), 'half', { mode: 0o400 });
    await write(path, 'whole', 0o600);
    expect(readFileSync(path, 'utf8')).toBe('whole');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('can have the longest name that a file system takes', async () => {
    const longest = join(directory, 'x'.repeat(255));
    await write(longest, 'text', 0o600);
    expect(readFileSync(longest, 'utf8')).toBe('text');
  });

  test('never replaces a directory or a link, and leaves nothing beside them', async () => {
    mkdirSync(path);
    await expect(write(path, 'text', 0o600)).rejects.toThrow(`${path} is not a regular file`);
    const link = join(directory, 'link');
    symlinkSync('elsewhere', link);
    await expect(write(link, 'text', 0o600)).rejects.toThrow(`${link} is not a regular file`);
    expect(readdirSync(directory).sort()).toEqual(['file', 'link']);
  });

  test("fails with the system's own error", async () => {
    await expect(write(join(directory, 'absent/file'), '', 0o600)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('what is removed may be a file, a directory, a link, or absent', async () => {
  mkdirSync(join(directory, 'folder/inner'), { recursive: true });
  writeFileSync(path, '');
  symlinkSync('folder', join(directory, 'link'));
  chmodSync(path, 0o400);
  for (const name of ['link', 'file', 'folder', 'absent', 'absent/inner'])
    await removeDurably(join(directory, name));
  expect(readdirSync(directory)).toEqual([]);
});

test("a full disk has its own code; other failures have the caller's, and what to do", () => {
  const fail = failAs('SCRUB_FAILED', 'cannot write /x');
  const system = (code: string): Error => Object.assign(new Error(`${code}: system`), { code });
  const thrown = (code: string): unknown => {
    try {
      return fail(system(code));
    } catch (error) {
      return error;
    }
  };
  expect(thrown('ENOSPC')).toMatchObject({ code: 'DISK_FULL', message: 'cannot write /x: ENOSPC: system' });
  expect(thrown('EDQUOT')).toMatchObject({ code: 'DISK_FULL' });
  expect(thrown('EACCES')).toMatchObject({
    code: 'SCRUB_FAILED',
    message: 'cannot write /x: EACCES: system',
  });
  expect(thrown('EPERM')).toMatchObject({
    code: 'SCRUB_FAILED',
    message: expect.stringContaining('chattr -i'),
  });
  expect(thrown('EROFS')).toMatchObject({ message: expect.stringContaining('for writing') });
});
