import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Crc64 } from '../../agent/core/image/crc64.ts';
import { chainIds } from '../../agent/core/image/layer-chain.ts';
import {
  addEntry,
  emptyLayer,
  mergedFiles,
  noContent,
  type LayerFiles,
} from '../../agent/core/image/merged-files.ts';
import { readTar, type TarEntry } from '../../agent/core/image/tar.ts';

const scratch = mkdtempSync(join(tmpdir(), 'parbake-tar-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function entriesOf(
  bytes: Buffer,
  pieceSize = 777,
): Promise<(Omit<TarEntry, 'body'> & { text: string })[]> {
  const entries = [];
  for await (const { body, ...entry } of readTar(pieces(bytes, pieceSize))) {
    const parts = [];
    for await (const chunk of body) parts.push(chunk);
    entries.push({ ...entry, text: Buffer.concat(parts).toString() });
  }
  return entries;
}

describe("an archive of the system's own tar", () => {
  const folder = join(scratch, 'tree');
  const long = `${'deep/'.repeat(30)}${'name'.repeat(40)}`;
  mkdirSync(join(folder, long, '..'), { recursive: true });
  writeFileSync(join(folder, long), 'far away');
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'exact'), 'x'.repeat(1024));
  linkSync(join(folder, 'exact'), join(folder, 'linked'));
  symlinkSync('/etc/passwd', join(folder, 'outside'));

  test.each(['gnu', 'pax', 'ustar'])('in format %s is read in pieces of any size', async (format) => {
    const names = format === 'ustar' ? ['./empty', './exact', './linked', './outside'] : ['.'];
    const bytes = execFileSync('tar', ['--create', `--format=${format}`, '--directory', folder, ...names]);
    const whole = await entriesOf(bytes, bytes.length);
    expect(await entriesOf(bytes, 511)).toEqual(whole);
    const types = Object.fromEntries(whole.map(({ path, type }) => [path, type]));
    expect(types).toMatchObject({ empty: 'file', outside: 'symlink' });
    expect(new Set([types['exact'], types['linked']])).toEqual(new Set(['file', 'hardlink']));
    expect(whole.find(({ type }) => type === 'symlink')?.target).toBe('/etc/passwd');
    const far = whole.find(({ path }) => path === long);
    expect(far?.text).toBe(format === 'ustar' ? undefined : 'far away');
  });

  test('has names in other encodings than UTF-8, which stay different', async () => {
    const other = join(scratch, 'latin');
    mkdirSync(other);
    const names = [0xe9, 0xea].map((byte) => Buffer.concat([Buffer.from(`${other}/`), Buffer.from([byte])]));
    for (const name of names) writeFileSync(name, 'x');
    for (const format of ['gnu', 'pax']) {
      const bytes = execFileSync('tar', ['--create', `--format=${format}`, '--directory', other, '.']);
      const paths = (await entriesOf(bytes)).filter(({ type }) => type === 'file').map(({ path }) => path);
      expect(new Set(paths)).toEqual(new Set(['\u00e9', '\u00ea']));
    }
  });

  test('that ends in the middle, or is damaged, is refused', async () => {
    const bytes = execFileSync('tar', ['--create', '--directory', folder, './exact']);
    await expect(entriesOf(bytes.subarray(0, 700))).rejects.toThrow('ends in the middle');
    const damaged = Buffer.from(bytes);
    damaged[2] = 120;
    await expect(entriesOf(damaged)).rejects.toThrow('damaged');
    await expect(entriesOf(Buffer.from('not an archive'.repeat(60)))).rejects.toThrow('not a tar archive');
    expect(await entriesOf(Buffer.alloc(0))).toEqual([]);
  });

  test('may have entries that nobody reads', async () => {
    const bytes = execFileSync('tar', ['--create', '--directory', folder, '.']);
    const paths = [];
    for await (const { path } of readTar(pieces(bytes, 100))) paths.push(path);
    expect(paths).toContain(long);
  });
});

test('no bytes make the reader hang or read beyond its input', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      const ended = await entriesOf(Buffer.from(bytes)).catch((cause: unknown) => cause);
      expect(Array.isArray(ended) || ended instanceof Error).toBe(true);
    }),
  );
});

describe('files that a container sees', () => {
  const layer = (entries: Record<string, string>): LayerFiles => {
    const made = emptyLayer();
    for (const [path, content] of Object.entries(entries)) addEntry(made, path, content);
    return made;
  };
  const merged = (...layers: Record<string, string>[]): Record<string, string> =>
    Object.fromEntries(mergedFiles(layers.map(layer)));

  test('are those of the uppermost layer that has them', () => {
    expect(merged({ a: '1', b: '1' }, { a: '2' })).toEqual({ a: '2', b: '1' });
  });

  test('are without what a layer above removes', () => {
    expect(merged({ 'a/b': '1', 'a/c': '1', d: '1' }, { 'a/.wh.b': noContent, '.wh.d': noContent })).toEqual({
      'a/c': '1',
    });
    expect(merged({ 'a/b/c': '1', ab: '1' }, { '.wh.a': noContent })).toEqual({ ab: '1' });
  });

  test('an opaque directory hides what is below, not what comes with it', () => {
    expect(merged({ 'a/b': '1' }, { 'a/c': '2', 'a/.wh..wh..opq': noContent })).toEqual({ 'a/c': '2' });
  });

  test('a link or a file in the place of a directory hides what was in it', () => {
    expect(merged({ 'a/b': '1' }, { a: noContent })).toEqual({});
    expect(merged({ 'a/b': '1' }, { a: '2' })).toEqual({ a: '2' });
    expect(merged({ a: 'directory', 'a/b': '1' }, { a: 'directory' })).toEqual({ 'a/b': '1' });
    expect(merged({ a: '1' }, { a: 'directory', 'a/b': '2' })).toEqual({ 'a/b': '2' });
  });
});

test('a chain is the digest of the one below and of its own layer', () => {
  const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const [a, b, c] = [sha('a'), sha('b'), sha('c')];
  expect(chainIds([a, b, c])).toEqual([a, sha(`${a} ${b}`), sha(`${sha(`${a} ${b}`)} ${c}`)]);
});

test('the checksum is the one that Docker uses', () => {
  expect(new Crc64().update(Buffer.from('12345')).update(Buffer.from('6789')).digest().toString('hex')).toBe(
    'b90956c775a41001',
  );
});
