import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderMissing, startBuilder } from '../testbed/builder.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { readComponent } from '../support/image-builder-component.ts';
import { runPhase } from '../support/image-builder-run.ts';
import { quickStart } from '../support/quick-start-docs.ts';
import {
  assignAndAsk,
  launchInstance,
  secretsIn,
  pushQuickStartImages,
  startQuickStartCoordinator,
  type QuickStartCoordinator,
} from '../support/quick-start.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());
const packaging = join(import.meta.dirname, '../../packaging');

const minutes = 60_000;
const instanceId = 'i-0123456789abcdef0';

describe.skipIf(missing !== undefined)(
  `the quick start with Image Builder ${missing ?? ''}`,
  { timeout: 15 * minutes },
  () => {
    let testbed: Testbed;
    let registry: string;
    let deb: string;
    let coordinator: QuickStartCoordinator;

    beforeAll(async () => {
      deb = await agentPackage();
      testbed = await createTestbed();
      registry = await pushQuickStartImages(testbed);
      coordinator = await startQuickStartCoordinator(testbed);
    });
    afterAll(async () => {
      await testbed?.close();
    });

    test('makes an image without a secret, whose instance attests and serves', async () => {
      const parameters = JSON.parse(
        quickStart('bake', 'imagebuilder', {
          '10.0.1.10:7443': coordinator.address,
          'registry.example.com': registry,
          'BASE64 OF ca.pem': readFileSync(coordinator.ca).toString('base64'),
        }),
      ) as { name: string; value: [string] }[];
      const values = Object.fromEntries(parameters.map(({ name, value: [value] }) => [name, value]));
      const bucket = new Map([
        [values['AgentPackage'] ?? '', deb],
        [values['Recipe'] ?? '', join(packaging, 'packer/parbake.yaml')],
      ]);
      const component = readComponent(readFileSync(join(packaging, 'imagebuilder/parbake.yaml'), 'utf8'));
      const builder = await startBuilder(testbed);
      await runPhase(builder, 'build', { component, values, bucket });
      expect(await runPhase(builder, 'validate', { component, values, bucket })).toMatch(/^sealed$/m);
      expect(secretsIn(builder)).toEqual([]);
      const instance = await launchInstance(testbed, builder, instanceId, coordinator);
      expect(await assignAndAsk(coordinator, instance)).toBe(`Hello alice, this is ${instanceId}\n`);
    });
  },
);
