import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { recipeOf, runBake, type Ended } from '../support/bake-run.ts';
import { dockerEras } from '../support/docker-eras.ts';
import { wholeImages } from '../support/image-corpus.ts';
import { pushArchives } from '../support/registry-push.ts';
import { archiveOf } from '../support/tar-archive.ts';

const stores = dockerEras.flatMap((era) => [
  { ...era, store: 'overlay2', settings: { 'storage-driver': 'overlay2' } },
  { ...era, store: 'vfs', settings: { 'storage-driver': 'vfs' } },
  ...(era.name === 'docker-20.10'
    ? []
    : [{ ...era, store: 'containerd', settings: { features: { 'containerd-snapshotter': true } } }]),
]);

const inUsr = [
  { path: 'usr/lib', isDirectory: true },
  { path: 'lib', symlink: 'usr/lib' },
];

describe.each(stores.map((one) => ({ ...one, title: one.why ?? '' })))(
  'B5: bytes of unusual archives: $name with $store $title',
  ({ name, why, engine: release, store, settings }) => {
    let testbed: Testbed;
    let engine: Engine;
    let registry: string;

    beforeAll(async () => {
      if (why !== undefined) return;
      testbed = await createTestbed();
      ({ address: registry } = await testbed.registry());
      engine = await testbed.startEngine({ ...release, settings });
    });

    afterAll(async () => {
      await testbed?.close();
    });

    const bake = async (...refs: string[]): Promise<Ended> =>
      await runBake({
        directory: testbed.directory,
        root: engine.root,
        recipe: recipeOf(...refs),
        args: ['--json', '--update-lock'],
      });

    async function verificationsOf(...refs: string[]) {
      const ended = await bake(...refs);
      if (ended.exit !== 0) throw new Error(ended.stdout);
      const manifest = JSON.parse(readFileSync(join(engine.root, manifestPath), 'utf8')) as Manifest;
      return manifest.images.map(({ ref, verification }) => ({
        image: ref.replace(/^.*\/(.*):.*$/, '$1'),
        result: verification?.result,
        reason: verification?.reason?.replace(/sha256[:/][0-9a-f]{64}/g, 'DIGEST'),
      }));
    }

    /** The verdict where an archive has to be put together again; with images in containerd, files are compared. */
    const unlessUnpacked = (image: string, reason: string): object =>
      store === 'containerd' ? { image, result: 'ok' } : { image, result: 'incomparable', reason };

    test.skipIf(why !== undefined)('B5: what is whole is verified', async () => {
      const refs: string[] = [];
      const gzip = { suffix: '+gzip', pack: gzipSync };
      for (const [image, layers] of Object.entries(wholeImages))
        refs.push(await pushArchives(registry, image, layers(), gzip));
      expect(await verificationsOf(...refs)).toEqual(
        Object.keys(wholeImages).map((image) => ({ image, result: 'ok' })),
      );
    });

    test.skipIf(why !== undefined)('B5: an image without layers is verified', async () => {
      const ref = await pushArchives(registry, 'without-layers', []);
      expect(await verificationsOf(ref)).toEqual([{ image: 'without-layers', result: 'ok' }]);
    });

    // Docker 20.10 does not know it.
    const formats = name === 'docker-20.10' ? ['gzip'] : ['gzip', 'zstd'];
    test.skipIf(why !== undefined).each(formats)('B5: layers in %s are verified', async (format) => {
      const layers = [archiveOf({ path: 'a', content: `packed with ${format}` })];
      const pack = format === 'zstd' ? zstdCompressSync : gzipSync;
      const ref = await pushArchives(registry, format, layers, { suffix: `+${format}`, pack });
      expect(await verificationsOf(ref)).toEqual([{ image: format, result: 'ok' }]);
    });

    test.skipIf(why !== undefined)(
      'B5: a layer that another image has packed otherwise is no damage',
      async () => {
        const layer = archiveOf({ path: 'a', content: 'shared' });
        const plain = await pushArchives(registry, 'plain', [layer]);
        expect(await verificationsOf(plain)).toEqual([{ image: 'plain', result: 'ok' }]);
        const image = 'packed';
        const packed = await pushArchives(registry, image, [layer], { suffix: '+gzip', pack: gzipSync });
        const reason = 'Docker keeps no packed copy of blobs/DIGEST';
        expect(await verificationsOf(packed)).toEqual([
          store === 'containerd' ? { image, result: 'incomparable', reason } : { image, result: 'ok' },
        ]);
      },
    );

    test.skipIf(why !== undefined).each(['0.0', '0.1', '1.0'])(
      'B5: a sparse file in version %s is no damage, and a changed byte in it is',
      async (version) => {
        const folder = testbed.makeDirectory(`sparse-${version}`);
        const file = join(folder, 'sparse.img');
        const handle = openSync(file, 'w');
        truncateSync(file, 3_000_000);
        writeSync(handle, 'in the middle', 1_500_000);
        closeSync(handle);
        const format = ['--format=pax', `--sparse-version=${version}`];
        const layer = execFileSync('tar', [
          '--create',
          '--sparse',
          ...format,
          '--directory',
          folder,
          'sparse.img',
        ]);
        const image = `sparse-${version}`;
        const ref = await pushArchives(registry, image, [layer]);
        expect(await verificationsOf(ref)).toEqual([
          unlessUnpacked(image, 'layer DIGEST: its archive has sparse files'),
        ]);
        await flipByte('sparse.img', 1_500_000);
        expect(await bake(ref)).toMatchObject({ exit: 1, stdout: expect.stringContaining('is damaged at') });
        await flipByte('sparse.img', 1_500_000);
      },
    );

    test.skipIf(why !== undefined)('B5: what an archive overwrites itself is no damage', async () => {
      const layer = archiveOf(
        ...inUsr,
        { path: 'lib/a', content: 'first' },
        { path: 'usr/lib/a', content: 'second' },
      );
      const image = 'overwritten';
      const ref = await pushArchives(registry, image, [layer]);
      expect(await verificationsOf(ref)).toEqual([
        unlessUnpacked(image, 'layer DIGEST: its archive has /lib/a more than once'),
      ]);
    });

    test.skipIf(why !== undefined)('B5: a changed byte behind a link is found', async () => {
      const layer = archiveOf(...inUsr, { path: 'lib/behind-link', content: 'usr-merge' });
      const ref = await pushArchives(registry, 'damaged', [layer]);
      expect(await verificationsOf(ref)).toEqual([{ image: 'damaged', result: 'ok' }]);
      await flipByte('behind-link', 3);
      expect(await bake(ref)).toMatchObject({
        exit: 1,
        stdout: expect.stringMatching(/IMAGE_CORRUPT.*damaged at .*\/behind-link/),
      });
      await flipByte('behind-link', 3);
    });

    /** Changes a byte of each unpacked file of that name. */
    async function flipByte(file: string, at: number): Promise<void> {
      const found = await command('find', [
        join(engine.root, 'var/lib/docker'),
        '-name',
        file,
        '-size',
        '+0',
      ]);
      for (const one of found.split('\n').filter(Boolean)) {
        const handle = openSync(one, 'r+');
        const byte = Buffer.alloc(1);
        readSync(handle, byte, 0, 1, at);
        writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
        closeSync(handle);
      }
    }
  },
);
