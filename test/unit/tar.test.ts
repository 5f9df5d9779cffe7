import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Crc64 } from '../../agent/core/image/crc64.ts';
import { chainIds } from '../../agent/core/image/layer-chain.ts';
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

describe('B5: a sparse file', () => {
  const folder = join(scratch, 'sparse');
  mkdirSync(folder);
  const file = join(folder, 'disk');
  writeFileSync(file, '');
  truncateSync(file, 3_000_000);
  const handle = openSync(file, 'r+');
  // More pieces than the header of GNU tar's own format has room for.
  for (let at = 0; at < 40; at++) writeSync(handle, `piece ${at}`, 70_000 * at);
  closeSync(handle);
  writeFileSync(join(folder, 'after'), 'is read where it begins');
  const content = readFileSync(file);

  test.each([
    ['--format=gnu'],
    ['--format=pax', '--sparse-version=0.0'],
    ['--format=pax', '--sparse-version=0.1'],
    ['--format=pax', '--sparse-version=1.0'],
  ])('of %s %s is read with its holes', async (...format) => {
    const args = ['--create', '--sparse', ...format, '--directory', folder, 'disk', 'after'];
    const bytes = execFileSync('tar', args);
    expect(bytes.length).toBeLessThan(content.length);
    const [sparse, after] = await entriesOf(bytes);
    expect(sparse).toMatchObject({ path: 'disk', type: 'file', sizeBytes: content.length });
    expect(sparse?.text === content.toString()).toBe(true);
    expect(after).toMatchObject({ path: 'after', text: 'is read where it begins' });
    const paths = [];
    for await (const { path, body } of readTar(pieces(bytes, 600))) {
      paths.push(path);
      for await (const _ of body) break;
    }
    expect(paths).toEqual(['disk', 'after']);
  });
});

test('B5: links and directories have no content, whatever their headers say', async () => {
  const linked = execFileSync('tar', ['--create', '--directory', join(scratch, 'tree'), 'exact', 'linked']);
  const header = linked.subarray(1024 + 512, 1024 + 1024);
  header.write('00000002000\0', 124, 'latin1');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  expect(await entriesOf(linked)).toMatchObject([
    { path: 'exact', type: 'file' },
    { path: 'linked', type: 'hardlink', target: 'exact', sizeBytes: 0 },
  ]);
});

test('no bytes make the reader hang or read beyond its input', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      const ended = await entriesOf(Buffer.from(bytes)).catch((cause: unknown) => cause);
      expect(Array.isArray(ended) || ended instanceof Error).toBe(true);
    }),
  );
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
