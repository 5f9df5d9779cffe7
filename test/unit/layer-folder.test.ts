import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LayerFolder } from '../../agent/docker/disk/layer-folder.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'parbake-layer-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const piecewise = async (files: LayerFolder, path: string): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  await files.read(Buffer.from(path), (bytes) => pieces.push(Buffer.from(bytes)));
  return Buffer.concat(pieces);
};

test('a small file has the same bytes whether it is read whole or piece by piece', async () => {
  mkdirSync(join(directory, 'usr/lib'), { recursive: true });
  symlinkSync('usr/lib', join(directory, 'lib'));
  symlinkSync('/etc/passwd', join(directory, 'link'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  const files = new LayerFolder(directory, []);
  for (const size of [1, 511, 65_537, 1024 ** 2])
    writeFileSync(join(directory, `usr/lib/${size}`), Buffer.alloc(size, String(size)));
  const paths = [1, 511, 65_537, 1024 ** 2].map((size) => [`lib/${size}`, size] as const);
  const others = [['missing', 5] as const, ['link', 5] as const, ['pipe', 5] as const];
  const all = [...paths, ...others];
  const whole = await Promise.all(all.map(([path, size]) => files.readSmall(Buffer.from(path), size)));
  for (const [index, [path]] of all.entries())
    expect([path, whole[index]?.equals(await piecewise(files, path))]).toEqual([path, true]);
});

test('a file that has become shorter or longer does not pass for what it was', async () => {
  writeFileSync(join(directory, 'file'), 'five!');
  const files = new LayerFolder(directory, []);
  expect((await files.readSmall(Buffer.from('file'), 4)).toString()).toBe('five!');
  expect((await files.readSmall(Buffer.from('file'), 2)).toString()).toBe('fiv');
  expect((await files.readSmall(Buffer.from('file'), 9)).toString()).toBe('five!');
});
