import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bakeCommand } from '../../agent/bake/command.ts';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { buildImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import { waitFor } from '../testbed/wait.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { dockerEras } from '../support/docker-eras.ts';
import { runCommand } from '../support/run-command.ts';

for (const era of dockerEras)
  describe.skipIf(era.why !== undefined)(`scrub, ${era.name} ${era.why ?? ''}`, () => {
    const { engine } = era;
    const isOld = era.name === 'docker-20.10';
    const identity = isOld ? '/etc/docker/key.json' : '/mnt/docker/engine-id';
    const rule = isOld ? 'docker-key-json' : 'docker-engine-id';
    let testbed: Testbed;
    let builder: Engine;
    let builderId: string;
    let image: string;

    beforeAll(async () => {
      testbed = await createTestbed();
      const root = testbed.makeDirectory('builder');
      if (!isOld) moveData(root);
      builder = await testbed.startEngine({ ...engine, root });
      builderId = await builder.engineId();
      image = `${(await testbed.registry()).address}/acme/tool:1.0`;
      await buildTinyImage(builder, testbed.makeDirectory('tool'), image);
      await pushImage(builder, image);
      mkdirSync(join(builder.root, 'root/.docker'), { recursive: true });
      const auths = { 'registry.invalid': { auth: Buffer.from('user:canary').toString('base64') } };
      writeFileSync(join(builder.root, 'root/.docker/config.json'), JSON.stringify({ auths }));
      const recipe = join(testbed.directory, 'parbake.yaml');
      writeFileSync(recipe, `apiVersion: parbake/v1\nimages:\n  - ${image}\n`);
      const baked = await runCommand(bakeCommand, ['--recipe', recipe, '--root', builder.root]);
      expect(baked.stderr).not.toContain('[');
      expect(baked.exit).toBe(0);
      await builder.docker.createContainer({ Image: image, name: 'left-behind', Env: ['SECRET=canary'] });
      await builder.docker.createVolume({ Name: 'left-too' });
    });

    afterAll(async () => {
      await testbed?.close();
    });

    const scrub = (...args: string[]) => runCommand(scrubCommand, ['--root', builder.root, ...args]);
    const verify = (root: string) => runCommand(verifyCommand, ['--root', root, '--json']);
    const manifest = (): Manifest =>
      JSON.parse(readFileSync(join(builder.root, manifestPath), 'utf8')) as Manifest;

    test('refuses to lose containers and volumes that nobody agreed to lose, and touches nothing', async () => {
      const refused = await scrub('--yes');
      expect(refused.exit).toBe(1);
      expect(refused.stderr).toContain('SCRUB_REFUSED');
      expect(refused.stderr).toContain('left-behind');
      expect(refused.stderr).toContain('--remove-containers');
      expect(refused.stderr).toContain('left-too');
      expect(await builder.engineId()).toBe(builderId);
      expect(existsSync(join(builder.root, 'root/.docker/config.json'))).toBe(true);
    });

    test('refuses while a container runs or the Engine is in a swarm, and names the options', async () => {
      const directory = testbed.makeDirectory('runs');
      copyFileSync('/bin/busybox', join(directory, 'busybox'));
      const lines = ['FROM scratch', 'COPY busybox /busybox', 'CMD ["/busybox", "sleep", "600"]'];
      writeFileSync(join(directory, 'Dockerfile'), lines.join('\n'));
      await buildImage(builder, directory, 'acme/runs:1');
      const container = await builder.docker.createContainer({ Image: 'acme/runs:1', name: 'still-runs' });
      await container.start();
      await builder.docker.swarmInit({
        ListenAddr: `${builder.address}:2377`,
        AdvertiseAddr: builder.address,
      });
      const refused = await scrub('--yes', '--remove-volumes');
      expect(refused.exit).toBe(1);
      expect(refused.stderr).toContain('containers run (still-runs, id');
      expect(refused.stderr).toContain('--remove-swarm or --keep docker-swarm');
      expect(await builder.engineId()).toBe(builderId);
      await builder.docker.swarmLeave({ force: true });
      await container.remove({ force: true });
      await builder.docker.getImage('acme/runs:1').remove();
    });

    test('B2: refuses while an image of the bake is not what was baked, by name', async () => {
      const baked = await builder.docker.getImage(image).inspect();
      await buildTinyImage(builder, testbed.makeDirectory('thief'), 'acme/thief:1');
      const [repo, tag] = [image.slice(0, image.lastIndexOf(':')), '1.0'];
      await builder.docker.getImage('acme/thief:1').tag({ repo, tag });
      const refused = await scrub('--yes', '--remove-containers', '--remove-volumes');
      expect(refused.exit).toBe(1);
      expect(refused.stderr).toContain(`would not have what was baked: ${image} (its tag is that of sha256:`);
      await builder.docker.getImage(baked.Id).tag({ repo, tag });
      await builder.docker.getImage('acme/thief:1').remove();
    });

    test('without --yes and with --dry-run it says what it would remove and leaves Docker running', async () => {
      const agreed = ['--remove-containers', '--remove-volumes'];
      const dry = await scrub(...agreed, '--dry-run', '--json');
      expect(dry.exit).toBe(0);
      const { would_remove: removals } = JSON.parse(dry.stdout) as { would_remove: { path: string }[] };
      const paths = removals.map(({ path }) => path);
      expect(paths).toContain(identity);
      expect(paths).toContain('/root/.docker/config.json');
      expect(paths).toContainEqual(expect.stringMatching(/^docker:container\/[0-9a-f]{12} \(left-behind\)$/));
      expect(paths).toContain('docker:volume/left-too');
      const unsure = await scrub(...agreed);
      expect(unsure.exit).toBe(2);
      expect(unsure.stderr).toContain(identity);
      expect(await builder.engineId()).toBe(builderId);
      expect(manifest().seal).toBeNull();
      expect((await verify(builder.root)).exit).toBe(1);
    });

    test('stops Docker, removes, seals, and changes nothing when run again', async () => {
      const done = await scrub('--yes', '--remove-containers', '--remove-volumes', '--json');
      expect(done.stderr).not.toContain('[');
      expect(done.exit).toBe(0);
      await waitFor('the Engine to have ended', () => builder.process.ended() !== undefined);
      expect(existsSync(join(builder.root, identity))).toBe(false);
      expect(existsSync(join(builder.root, 'root/.docker/config.json'))).toBe(false);
      expect(manifest().seal?.removed.map((removal) => removal.rule)).toContain(rule);
      expect(statSync(join(builder.root, manifestPath)).mode & 0o777).toBe(0o444);
      expect((await verify(builder.root)).exit).toBe(0);
      const before = readFileSync(join(builder.root, manifestPath), 'utf8');
      const again = await scrub('--yes', '--json');
      expect(again.exit).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({ sealed: true, unchanged: true });
      expect(readFileSync(join(builder.root, manifestPath), 'utf8')).toBe(before);
    });

    /** Takes away the image's record for as long as `verify` looks. */
    async function expectNamed(root: string): Promise<void> {
      const { builder: facts, images } = manifest();
      const id = images[0]?.imageId.replace('sha256:', '') ?? '';
      const record = join(root, facts.dataRoot, 'image', facts.storageDriver, 'imagedb/content/sha256', id);
      renameSync(record, `${record}.away`);
      const lost = await verify(root);
      expect([lost.exit, lost.stderr]).toEqual([
        1,
        expect.stringContaining(`images (${image} (Docker has no`),
      ]);
      renameSync(`${record}.away`, record);
    }

    test('clones have the images, and identities that differ from each other and from the builder', async () => {
      const ids = [builderId];
      for (const name of ['clone-a', 'clone-b']) {
        const root = join(testbed.directory, name);
        await cloneRoot(builder.root, root);
        expect((await verify(root)).exit).toBe(0);
        await expectNamed(root);
        const clone = await testbed.startEngine({ ...engine, root });
        ids.push(await clone.engineId());
        expect((await clone.docker.getImage(image).inspect()).RepoTags).toContain(image);
        const broken = await verify(root);
        expect(broken.exit).toBe(1);
        expect(broken.stderr).toContain(`${rule} (${identity})`);
      }
      expect(ids.every((id) => id !== '')).toBe(true);
      expect(new Set(ids).size).toBe(3);
    });
  });

/** As on machines with a second disk for Docker: what everybody calls `/var/lib/docker` is a link to it. */
function moveData(root: string): void {
  for (const path of ['mnt/docker', 'var/lib']) mkdirSync(join(root, path), { recursive: true });
  symlinkSync('../../mnt/docker', join(root, 'var/lib/docker'));
}
