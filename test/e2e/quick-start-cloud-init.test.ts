import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { quickStart } from '../support/quick-start-docs.ts';
import {
  assignAndAsk,
  launchInstance,
  secretsIn,
  pushQuickStartImages,
  shell,
  startQuickStartCoordinator,
  type QuickStartCoordinator,
} from '../support/quick-start.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());
const packaging = join(import.meta.dirname, '../../packaging');

const minutes = 60_000;
const instanceId = 'i-0123456789abcdef0';

describe.skipIf(missing !== undefined)(
  `the quick start with cloud-init ${missing ?? ''}`,
  { timeout: 15 * minutes },
  () => {
    let testbed: Testbed;
    let registry: string;
    let deb: string;
    let coordinator: QuickStartCoordinator;
    let builder: Builder;

    beforeAll(async () => {
      deb = await agentPackage();
      testbed = await createTestbed();
      registry = await pushQuickStartImages(testbed);
      coordinator = await startQuickStartCoordinator(testbed);
    });
    afterAll(async () => {
      await testbed?.close();
    });

    /** An example, with the reader's own address and files in it. */
    function userData(example: string, contents: Readonly<Record<string, string>>): string {
      let text = readFileSync(join(packaging, 'cloud-init', example), 'utf8');
      expect(text).toContain('10.0.1.10:7443');
      text = text.replace('10.0.1.10:7443', coordinator.address);
      for (const [name, content] of Object.entries(contents)) {
        const line = `      CONTENT OF ${name}\n`;
        expect(text).toContain(line);
        text = text.replace(line, content.replace(/^(?=.)/gm, '      '));
      }
      return text;
    }

    /** What cloud-init does at a boot until user data is in place; the data source is a directory. */
    async function applyUserData(instance: Builder, text: string): Promise<void> {
      const below = (path: string): string => join(instance.root, path);
      mkdirSync(below('var/lib/cloud/seed/nocloud'), { recursive: true });
      writeFileSync(below('var/lib/cloud/seed/nocloud/meta-data'), `instance-id: ${instance.namespace}\n`);
      writeFileSync(below('var/lib/cloud/seed/nocloud/user-data'), text);
      const source = 'datasource_list: [NoCloud, None]\nnetwork: { config: disabled }\n';
      writeFileSync(below('etc/cloud/cloud.cfg.d/99-test.cfg'), source);
      await instance.run('cloud-init', 'init', '--local');
      await instance.run('cloud-init', 'init');
      expect(existsSync(below('etc/parbake/ca.pem'))).toBe(true);
    }

    test('bakes an image without a coordinator', async () => {
      builder = await startBuilder(testbed);
      copyFileSync(deb, join(builder.root, 'root', basename(deb)));
      copyFileSync(join(packaging, 'packer/parbake.yaml'), join(builder.root, 'root/parbake.yaml'));
      await builder.run('service', 'docker', 'start');
      // What cloud-init leaves of the builder's own boot.
      mkdirSync(join(builder.root, 'var/lib/cloud/instances/i-builder'), { recursive: true });
      symlinkSync('/var/lib/cloud/instances/i-builder', join(builder.root, 'var/lib/cloud/instance'));
      await shell(builder, quickStart('bake', 'cloud-init', { 'registry.example.com': registry }));
      expect(await builder.run('parbake-agent', 'verify')).toMatch(/^sealed$/m);
      expect(secretsIn(builder)).toEqual([]);
    });

    test("user data tells the image's EC2 instance its coordinator after its agent has started", async () => {
      const text = userData('user-data.yaml', { 'ca.pem': readFileSync(coordinator.ca, 'utf8') });
      const instance = await launchInstance(testbed, builder, instanceId, {
        ec2: coordinator.ec2,
        afterAgent: (machine) => applyUserData(machine, text),
      });
      expect(await assignAndAsk(coordinator, instance)).toBe(`Hello alice, this is ${instanceId}\n`);
    });

    test('user data brings a machine elsewhere a join token, and it attests with that', async () => {
      await shell(coordinator.machine, quickStart('fleet', 'join token'));
      const text = userData('user-data-join-token.yaml', {
        'ca.pem': readFileSync(coordinator.ca, 'utf8'),
        'join-token': readFileSync(join(coordinator.machine.root, 'root/join-token'), 'utf8'),
      });
      const instance = await launchInstance(testbed, builder, 'rack-7', {
        ec2: undefined,
        afterAgent: (machine) => applyUserData(machine, text),
      });
      expect(await assignAndAsk(coordinator, instance)).toBe('Hello alice, this is rack-7\n');
    });
  },
);
