import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import type { Proxy } from '../testbed/proxy.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { startImdsServer } from '../fakes/imds-server.ts';
import { recipeOf, runBake, type BakeRun, type Ended } from '../support/bake-run.ts';
import { dockerEras } from '../support/docker-eras.ts';
import { manifestViolations } from '../support/manifest-schema.ts';
import { pushWithBills } from '../support/registry-push.ts';

const blobBytes = 24 * 1024 * 1024;

describe.each(dockerEras.map((era) => ({ ...era, title: era.why ?? '' })))(
  'the manifest: $name $title',
  ({ name, why, engine: release }) => {
    let testbed: Testbed;
    let engine: Engine;
    let registry: string;
    let proxy: Proxy;

    beforeAll(async () => {
      if (why !== undefined) return;
      testbed = await createTestbed();
      registry = (await testbed.registry()).address;
      proxy = await testbed.registryProxy();
      const root = testbed.makeDirectory('root');
      mkdirSync(join(root, 'etc'));
      writeFileSync(join(root, 'etc/os-release'), 'ID=testbed\nPRETTY_NAME="Test Bed 7"\nIMAGE_ID=golden\n');
      // A known driver, whatever the file system is.
      const settings = { 'max-download-attempts': 1, 'storage-driver': 'overlay2' };
      engine = await testbed.startEngine({ ...release, root, settings });
      await buildTinyImage(engine, testbed.makeDirectory('tiny'), `${registry}/acme/tiny:1.0`);
      await pushImage(engine, `${registry}/acme/tiny:1.0`);
      const context = testbed.makeDirectory('context');
      writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY blob /\nCMD ["/blob"]\n');
      writeFileSync(join(context, 'blob'), randomBytes(blobBytes));
      await buildImage(engine, context, `${registry}/acme/big:1.0`);
      await pushImage(engine, `${registry}/acme/big:1.0`);
    });

    afterAll(async () => {
      await testbed?.close();
    });

    beforeEach(async () => {
      if (why !== undefined) return;
      proxy.setFault(undefined);
      rmSync(join(testbed.directory, 'parbake.lock'), { force: true });
      rmSync(join(engine.root, manifestPath), { force: true });
      for (const image of await engine.docker.listImages())
        await engine.docker.getImage(image.Id).remove({ force: true });
    });

    const bake = async (recipe: string, options: Partial<BakeRun> = {}): Promise<Ended> =>
      await runBake({ directory: testbed.directory, root: engine.root, recipe, ...options });

    const manifest = (): Manifest =>
      JSON.parse(readFileSync(join(engine.root, manifestPath), 'utf8')) as Manifest;

    /** As a power cut does, once the first bytes of an unpacked layer are on the disk; then Docker starts again. */
    async function killInPull(repository: string): Promise<void> {
      const pull = await engine.docker.createImage({ fromImage: repository, tag: '1.0' });
      pull.on('error', () => {});
      pull.resume();
      await waitFor('a layer to be unpacked', async () => {
        const layers = join(engine.root, 'var/lib/docker/overlay2');
        return (await command('find', [layers, '-name', 'blob', '-size', '+1k'])) !== '';
      });
      await engine.kill();
      const { root } = engine;
      await command('umount', ['--recursive', join(root, 'var/lib/docker')]).catch(() => '');
      // In memory on a machine, and gone after a power cut.
      rmSync(join(root, 'run'), { recursive: true, force: true });
      engine = await testbed.startEngine({ root, ...release });
    }

    test.skipIf(why !== undefined)(
      'is as its schema says, and tells where and from what it was made',
      async () => {
        const imds = await startImdsServer({
          'instance-id': 'i-0builder',
          'instance-type': 'm7i.large',
          'ami-id': 'ami-0base',
          'placement/region': 'eu-central-1',
        });
        testbed.onClose(() => imds.close());
        const recipe = `${recipeOf(`${registry}/acme/tiny:1.0`, `{ ref: "${registry}/acme/big:1.0", bake: false }`)}roles:
  web:
    containers:
      - { name: app, image: "${registry}/acme/tiny:1.0", ports: [8080], ready: { tcp: { port: 8080 } }, after: [db] }
      - { name: db, image: "${registry}/acme/big:1.0", stop_timeout: 3 }
`;
        const names = ['--image-name', 'web-7', '--source-image-name', 'debian-12', '--build-id', ''];
        mkdirSync(join(engine.root, 'usr/share'), { recursive: true });
        const sbom = join(engine.root, 'usr/share/host.json');
        writeFileSync(sbom, '{"bomFormat":"CycloneDX"}');
        names.push('--host-sbom', sbom);
        expect(await bake(recipe, { args: ['--imds', imds.url, ...names] })).toMatchObject({ exit: 0 });
        const made = manifest();
        expect(manifestViolations(made)).toEqual([]);
        expect(made.hostSbom).toMatchObject({
          path: '/usr/share/host.json',
          type: 'https://cyclonedx.org/bom',
        });
        expect(made.machineImage).toEqual({ name: 'web-7', sourceName: 'debian-12' });
        // Sources run here, and this machine's plugins are none of that root's.
        expect(made).not.toHaveProperty('agentSha256');
        expect(made.builder).not.toHaveProperty('buildxVersion');
        expect(made.builder).toMatchObject({
          engineVersion: expect.stringContaining(name.replace('docker-', '')),
          containerdVersion: expect.stringMatching(/^\d+\.\d+/),
          runcVersion: expect.stringMatching(/^\d+\.\d+/),
          storageDriver: 'overlay2',
          imageStore: 'graphdriver',
          userNamespaces: false,
          dataRoot: '/var/lib/docker',
          system: { id: 'testbed', name: 'Test Bed 7', imageId: 'golden' },
          instance: {
            id: 'i-0builder',
            type: 'm7i.large',
            sourceImageId: 'ami-0base',
            region: 'eu-central-1',
          },
        });
        const [image] = made.images;
        const inspected = await engine.docker.getImage(`${registry}/acme/tiny:1.0`).inspect();
        expect(image).toMatchObject({
          registry,
          tag: `${registry}/acme/tiny:1.0`,
          configDigest: inspected.Id,
          platformDigest: image?.digest,
          created: inspected.Created,
          verification: { result: 'ok' },
        });
        expect(image?.layers.map(({ diffId }) => diffId)).toEqual(inspected.RootFS.Layers);
        expect(image?.compressedBytes).toBe(
          image?.layers.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0),
        );
        expect(made.disk).toMatchObject({ orphanBytes: 0, freeAfterBytes: expect.any(Number) });
        expect(Date.parse(made.startedAt)).toBeLessThanOrEqual(Date.parse(made.createdAt));
      },
    );

    test.skipIf(why !== undefined)(
      'an image by digest has no tag, and a name of more than one line is refused',
      async () => {
        await bake(recipeOf(`${registry}/acme/tiny:1.0`));
        const digest = manifest().images[0]?.digest ?? '';
        expect(await bake(recipeOf(`${registry}/acme/tiny@${digest}`))).toMatchObject({ exit: 0 });
        const made = manifest();
        expect(manifestViolations(made)).toEqual([]);
        expect(made.images[0]).toMatchObject({ registry, digest });
        expect(made.images[0]).not.toHaveProperty('tag');
        const ended = await bake(recipeOf('a:1'), { args: ['--build-id', 'two\nlines'] });
        expect(ended).toMatchObject({ exit: 2 });
        expect(ended.stderr).toContain('--build-id takes up to 512 characters on one line');
      },
    );

    test.skipIf(why !== undefined)(
      "names a registry's bills of material, beside the image and referring to it",
      async () => {
        const bills = await pushWithBills(registry, 'acme/tiny', '1.0', 'attested');
        expect(await bake(recipeOf(`${registry}/acme/tiny:attested`))).toMatchObject({ exit: 0 });
        const made = manifest();
        expect(manifestViolations(made)).toEqual([]);
        expect(made.images[0]).toMatchObject({
          digest: bills.index,
          platformDigest: bills.image,
          sbom: [
            { source: 'attestation', type: 'https://spdx.dev/Document', digest: bills.attested },
            { source: 'referrer', type: 'application/vnd.cyclonedx+json', digest: bills.referring },
          ],
        });
      },
    );

    test.skipIf(why !== undefined)(
      'an index without this platform is refused before anything is pulled',
      async () => {
        await pushWithBills(registry, 'acme/tiny', '1.0', 'attested');
        const ended = await bake(
          recipeOf(`{ ref: "${registry}/acme/tiny:attested", platform: linux/arm64 }`),
        );
        expect(ended).toMatchObject({ exit: 1 });
        expect(ended.stderr).toContain(
          'is for linux/amd64, not for linux/arm64; nothing was pulled [IMAGE_PLATFORM_MISMATCH]',
        );
        expect(ended.stderr).toContain('[IMAGE_PLATFORM_MISMATCH]');
      },
    );

    test.skipIf(why !== undefined)(
      'layers that a killed Engine left are found, measured and named',
      async () => {
        await bake(recipeOf(`${registry}/acme/tiny:1.0`));
        // One that was fast enough to finish is asked again.
        await waitFor('a pull to be killed in the middle', async () => {
          await killInPull(`${registry}/acme/big`);
          const images = await engine.docker.listImages();
          const big = images.find(({ RepoTags }) => RepoTags?.includes(`${registry}/acme/big:1.0`));
          if (big !== undefined) await engine.docker.getImage(big.Id).remove({ force: true });
          return big === undefined;
        });
        const { root } = engine;
        rmSync(join(root, manifestPath), { force: true });
        const ended = await bake(recipeOf(`${registry}/acme/tiny:1.0`));
        expect(ended).toMatchObject({ exit: 0 });
        expect(ended.stderr).toContain('are of no image');
        expect(ended.stderr).toContain('[LAYERS_ORPHANED]');
        const { orphanBytes, layersBytes, engineLayersBytes } = manifest().disk;
        expect(orphanBytes).toBeGreaterThan(1024);
        expect(layersBytes - engineLayersBytes).toBeGreaterThanOrEqual(orphanBytes);
      },
    );
  },
);
