import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { orphanedLayers, type LayerSearch } from '../../agent/docker/disk/orphaned-layers.ts';

const hex = (digit: string): string => digit.repeat(64);
const store = 'docker/image/overlay2';
const [first, second] = [hex('1'), hex('2')];
const chain = createHash('sha256').update(`sha256:${first} sha256:${second}`).digest('hex');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parbake-layers-'));
  // An image of two layers, and a container on it.
  image(hex('e'), [first, second]);
  record(first, hex('a'));
  record(chain, hex('b'), first);
  write(`${store}/layerdb/mounts/${hex('c')}/mount-id`, hex('d'));
  write(`${store}/layerdb/mounts/${hex('c')}/init-id`, `${hex('d')}-init`);
  write(`${store}/layerdb/mounts/${hex('c')}/parent`, `sha256:${chain}`);
  for (const id of [hex('a'), hex('b'), hex('d'), `${hex('d')}-init`])
    write(`docker/overlay2/${id}/diff/file`, '');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function image(id: string, diffs: readonly string[]): void {
  const config = { rootfs: { diff_ids: diffs.map((diff) => `sha256:${diff}`) } };
  write(`${store}/imagedb/content/sha256/${id}`, JSON.stringify(config));
}

function record(name: string, cacheId: string, parent?: string): void {
  write(`${store}/layerdb/sha256/${name}/cache-id`, cacheId);
  if (parent !== undefined) write(`${store}/layerdb/sha256/${name}/parent`, `sha256:${parent}`);
}

const search = (options: Partial<LayerSearch> = {}): Promise<string[]> =>
  orphanedLayers({
    ...{
      root: rootAt(root),
      dataRoot: '/docker',
      folder: 'overlay2',
      origin: 'pulled',
      keepsBuildCache: false,
    },
    ...options,
  });

test('the layers of images and containers are in use', async () => {
  expect(await search()).toEqual([]);
  expect(await search({ origin: 'built' })).toEqual([]);
});

test('a container keeps the layers of an image that is gone', async () => {
  rmSync(join(root, store, 'imagedb/content/sha256', hex('e')));
  expect(await search()).toEqual([]);
});

test('finds a layer without a record, with its short link', async () => {
  write(`docker/overlay2/${hex('0')}/link`, 'A'.repeat(26));
  mkdirSync(join(root, 'docker/overlay2/l'));
  symlinkSync(`../${hex('0')}/diff`, join(root, 'docker/overlay2/l', 'A'.repeat(26)));
  expect(await search()).toEqual([`/docker/overlay2/l/${'A'.repeat(26)}`, `/docker/overlay2/${hex('0')}`]);
});

test('finds a layer on record that no image has, its record last', async () => {
  record(hex('9'), hex('0'));
  write(`docker/overlay2/${hex('0')}/diff/file`, '');
  const found = [`/docker/overlay2/${hex('0')}`, `/${store}/layerdb/sha256/${hex('9')}`];
  expect(await search()).toEqual(found);
  // It may be what a build started from.
  expect(await search({ keepsBuildCache: true })).toEqual([]);
});

test("tells a build's layers by their names", async () => {
  const built = 'k'.repeat(25);
  record(hex('9'), built);
  write(`docker/overlay2/${built}/diff/file`, '');
  expect(await search()).toEqual([]);
  expect(await search({ origin: 'built' })).toEqual([
    `/docker/overlay2/${built}`,
    `/${store}/layerdb/sha256/${hex('9')}`,
  ]);
});

test('believes every record when an image cannot be understood', async () => {
  record(hex('9'), hex('0'));
  write(`docker/overlay2/${hex('0')}/diff/file`, '');
  write(`${store}/imagedb/content/sha256/${hex('f')}`, '{"rootfs":');
  expect(await search()).toEqual([]);
});

test('finds nothing without any records: every layer would look unused', async () => {
  rmSync(join(root, store), { recursive: true });
  expect(await search()).toEqual([]);
});
