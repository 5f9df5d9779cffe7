import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { initramfsCheck, secretsRule } from '../../agent/scrub/rules/secret-exception.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { pushProductImages } from '../support/product-images.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());

const packaging = join(import.meta.dirname, '../../packaging');
const minutes = 60_000;

describe.skipIf(missing !== undefined)(
  `cloud-init clean with our script ${missing ?? ''}`,
  { timeout: 20 * minutes },
  () => {
    let testbed: Testbed;
    let builder: Builder;
    let registry: string;
    const below = (path: string): string => join(builder.root, path);
    const instance = 'var/lib/cloud/instances/i-parent';

    beforeAll(async () => {
      const deb = await agentPackage();
      testbed = await createTestbed();
      registry = await pushProductImages(testbed);
      builder = await startBuilder(testbed);
      cpSync(join(packaging, 'cloud-init/clean.d/50-parbake'), below('etc/cloud/clean.d/50-parbake'));
      copyFileSync(deb, below('root/agent.deb'));
      await builder.run('dpkg', '--install', '/root/agent.deb');
    }, 10 * minutes);
    afterAll(async () => {
      await testbed?.close();
    });

    /** What cloud-init remembers of the machine that it ran on. */
    function rememberInstance(): void {
      mkdirSync(below(instance), { recursive: true });
      if (!existsSync(below('var/lib/cloud/instance')))
        symlinkSync(`/${instance}`, below('var/lib/cloud/instance'));
    }

    test('leaves a machine alone on which nothing was baked', async () => {
      await builder.run('service', 'docker', 'start');
      await waitFor('Docker to have an identity', () => existsSync(below('etc/docker/key.json')));
      const identity = readFileSync(below('etc/docker/key.json'));
      rememberInstance();
      await builder.run('cloud-init', 'clean');
      expect(existsSync(below(instance))).toBe(false);
      expect(readFileSync(below('etc/docker/key.json'))).toEqual(identity);
    });

    test('fails, and says why, when Docker holds what a scrub must not take', async () => {
      mkdirSync(dirname(below('etc/parbake/parbake.yaml')), { recursive: true });
      copyFileSync(join(packaging, 'packer/parbake.yaml'), below('etc/parbake/parbake.yaml'));
      const versions = ['SWARM_VERSION=1.2.9', 'CADVISOR_VERSION=v0.33.0', 'APP_VERSION=1.4.2'];
      const variables = [`REGISTRY=${registry}`, ...versions].flatMap((one) => ['--var', one]);
      const bake = ['bake', '--recipe', '/etc/parbake/parbake.yaml', '--no-record', ...variables];
      await builder.run('parbake-agent', ...bake);
      await builder.run('docker', 'create', '--name', 'left', `${registry}/swarm:1.2.9`);
      await expect(builder.run('cloud-init', 'clean')).rejects.toThrow(
        /containers are there \(left.*\[SCRUB_REFUSED\]/,
      );
      expect(existsSync(below('etc/docker/key.json'))).toBe(true);
      await builder.run('docker', 'rm', 'left');
    });

    test("removes Docker's identity with cloud-init's own, and seals", async () => {
      rememberInstance();
      await builder.run('cloud-init', 'clean');
      for (const path of [instance, 'etc/docker/key.json', 'run/docker.pid'])
        expect([path, existsSync(below(path))]).toEqual([path, false]);
      const { seal } = JSON.parse(readFileSync(below(manifestPath), 'utf8')) as Manifest;
      const machine = scrubRules.filter(({ scope }) => scope === 'machine').map(({ id }) => id);
      expect(seal?.kept).toEqual([...machine, secretsRule, initramfsCheck]);
      expect(await builder.run('parbake-agent', 'verify')).toMatch(/^sealed$/m);
    });
  },
);
