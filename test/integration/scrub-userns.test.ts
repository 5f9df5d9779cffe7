import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bakeCommand } from '../../agent/bake/command.ts';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { dockerEras } from '../support/docker-eras.ts';
import { runCommand } from '../support/run-command.ts';

/** Images and identity lie in another directory of the data root, beside what an Engine without may have left. */
for (const era of dockerEras)
  describe.skipIf(era.why !== undefined)(`user namespaces, ${era.name} ${era.why ?? ''}`, () => {
    const options = { ...era.engine, isRemapped: true };
    let testbed: Testbed;
    let builder: Engine;
    let builderId: string;
    let image: string;

    beforeAll(async () => {
      testbed = await createTestbed();
      image = `${(await testbed.registry()).address}/acme/tool:1.0`;
      const workshop = await testbed.startEngine(era.engine);
      await buildTinyImage(workshop, testbed.makeDirectory('tool'), image);
      await pushImage(workshop, image);
      await workshop.stop();
      builder = await testbed.startEngine(options);
      builderId = await builder.engineId();
    });

    afterAll(async () => {
      await testbed?.close();
    });

    const agent = (command: typeof bakeCommand, ...args: string[]) =>
      runCommand(command, ['--root', builder.root, ...args]);

    test('bakes into the directory of the remapped user', async () => {
      const recipe = join(testbed.directory, 'parbake.yaml');
      writeFileSync(recipe, `apiVersion: parbake/v1\nimages:\n  - ${image}\n`);
      expect(await agent(bakeCommand, '--recipe', recipe)).toMatchObject({ exit: 0 });
      const manifest = JSON.parse(readFileSync(join(builder.root, manifestPath), 'utf8')) as Manifest;
      expect(manifest.builder.dataRoot).toBe('/var/lib/docker/100000.100000');
      // As an Engine that once ran without user namespaces leaves it.
      writeFileSync(join(builder.root, 'var/lib/docker/engine-id'), 'of an earlier Engine');
    });

    test('scrubs both directories, and clones differ and have the image', async () => {
      expect(await agent(scrubCommand, '--yes')).toMatchObject({ exit: 0 });
      for (const path of ['engine-id', '100000.100000/engine-id'])
        expect(existsSync(join(builder.root, 'var/lib/docker', path))).toBe(false);
      expect(existsSync(join(builder.root, 'etc/docker/key.json'))).toBe(false);
      expect(await agent(verifyCommand)).toMatchObject({ exit: 0 });
      const ids = [builderId];
      for (const name of ['clone-a', 'clone-b']) {
        const root = join(testbed.directory, name);
        await cloneRoot(builder.root, root);
        const clone = await testbed.startEngine({ ...options, root });
        ids.push(await clone.engineId());
        expect((await clone.docker.getImage(image).inspect()).RepoTags).toContain(image);
        await clone.stop();
      }
      expect(new Set(ids).size).toBe(3);
      expect(ids).not.toContain('');
    });
  });
