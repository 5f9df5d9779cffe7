import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { readComponent } from '../support/image-builder-component.ts';
import { runPhase, runStep, type ComponentInputs } from '../support/image-builder-run.ts';
import { productImages, pushProductImages } from '../support/product-images.ts';
import { runToEnd } from '../testbed/command.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());

const project = join(import.meta.dirname, '../..');
const file = join(project, 'packaging/imagebuilder/parbake.yaml');
const text = readFileSync(file, 'utf8');
const minutes = 60_000;
const keyFile = 'etc/docker/key.json';

/** The component's steps, one after the other, as its service runs them: on a builder, then on a copy of its disk. */
describe.skipIf(missing !== undefined)(
  `the Image Builder component ${missing ?? ''}`,
  { timeout: 20 * minutes },
  () => {
    let testbed: Testbed;
    let builder: Builder;
    let registry: string;
    let identity: Buffer;
    const bucket = new Map<string, string>();
    const component = readComponent(text);

    beforeAll(async () => {
      const deb = await agentPackage();
      bucket.set('s3://images/parbake-agent.deb', deb);
      bucket.set('s3://images/parbake.yaml', join(project, 'packaging/packer/parbake.yaml'));
      testbed = await createTestbed();
      registry = await pushProductImages(testbed);
      builder = await startBuilder(testbed);
    }, 10 * minutes);
    afterAll(async () => {
      await testbed?.close();
    });

    const inputs = (): ComponentInputs => ({
      component,
      bucket,
      values: {
        AgentPackage: 's3://images/parbake-agent.deb',
        Recipe: 's3://images/parbake.yaml',
        RecipeVars: `REGISTRY=${registry} SWARM_VERSION=1.2.9 CADVISOR_VERSION=v0.33.0 APP_VERSION=1.4.2`,
      },
    });

    const manifest = (): Manifest =>
      JSON.parse(readFileSync(join(builder.root, manifestPath), 'utf8')) as Manifest;

    test('is a document that the service takes', async () => {
      expect([...component.phases.keys()]).toEqual(['build', 'validate', 'test']);
      expect(() => readComponent(text.replace('commands:', 'command:'))).toThrow('unknown command');
      expect(() => readComponent(text.replace('{{ Recipe }}', '{{ Recipes }}'))).toThrow(
        'is not a parameter',
      );
      const python = await pythonPackages(['yamllint==1.38.0']);
      const rules = join(project, 'packaging/ansible/.yamllint');
      const linted = await runToEnd('python3', ['-m', 'yamllint', '--strict', '-c', rules, file], {
        env: { ...process.env, PYTHONPATH: python },
      });
      expect(linted).toEqual({ exit: 0, stdout: '', stderr: '' });
    });

    test('builds: installs, bakes and scrubs, but for what the service works with', async () => {
      for (const step of component.phases.get('build') ?? []) {
        if (step.name === 'Scrub') identity = readFileSync(join(builder.root, keyFile));
        await runStep(builder, step, inputs());
      }
      const { images, seal } = manifest();
      expect(images.map(({ ref }) => ref)).toEqual(productImages.map((name) => `${registry}/${name}`));
      expect(seal?.kept).toEqual(['ssm-agent', 'temporary-files']);
      expect(seal?.keptBecause).toContainEqual({ rule: 'ssm-agent', why: 'Image Builder works through it' });
      expect(existsSync(join(builder.root, 'opt/parbake-bake'))).toBe(false);
    });

    test('validates that it is sealed', async () => {
      expect(await runPhase(builder, 'validate', inputs())).toMatch(/^sealed$/m);
    });

    test("tests a copy: it has the images, and fails when it has the builder's identity", async () => {
      const copy = await startBuilder(testbed, 'copy', builder);
      const said = await runPhase(copy, 'test', inputs());
      for (const name of productImages) expect(said).toContain(`${registry}/${name} is there: sha256:`);
      expect(readFileSync(join(copy.root, keyFile))).not.toEqual(identity);
      // It runs, and so it is no image to copy.
      await expect(runPhase(copy, 'validate', inputs())).rejects.toThrow('[NOT_SEALED]');
      const leaked = await startBuilder(testbed, 'leaked', builder);
      writeFileSync(join(leaked.root, keyFile), identity, { mode: 0o600 });
      await expect(runPhase(leaked, 'test', inputs())).rejects.toThrow("Docker has the builder's identity");
      await copy.run('docker', 'image', 'rm', `${registry}/${productImages[0] ?? ''}`);
      await expect(runPhase(copy, 'test', inputs())).rejects.toThrow('swarm:1.2.9 is not there instead of');
    });
  },
);
