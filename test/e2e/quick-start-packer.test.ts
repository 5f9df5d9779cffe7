import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderMissing, startBuilder } from '../testbed/builder.ts';
import { packerProgram } from '../testbed/packer.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { copyOlderTemplate, startPackerCloud } from '../support/packer-cloud.ts';
import { quickStart } from '../support/quick-start-docs.ts';
import {
  assignAndAsk,
  launchInstance,
  secretsIn,
  makeCheckout,
  pushQuickStartImages,
  startQuickStartCoordinator,
  type QuickStartCoordinator,
} from '../support/quick-start.ts';
import { unlessRequired } from '../support/requirement.ts';
import { succeeded } from '../testbed/command.ts';

const nothing = testbedMissing() ?? builderMissing();
const packer = nothing === undefined ? await packerProgram() : { missing: nothing };
const missing = unlessRequired('missing' in packer ? packer.missing : undefined);

const minutes = 60_000;
const instanceId = 'i-0123456789abcdef0';

describe.skipIf(missing !== undefined)(
  `the quick start with Packer ${missing ?? ''}`,
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
      const cloud = await startPackerCloud(testbed);
      const builder = await startBuilder(testbed);
      const checkout = makeCheckout(testbed, coordinator, deb);
      rmSync(join(checkout, 'packaging/packer'), { recursive: true });
      copyOlderTemplate(join(checkout, 'packaging/packer'));
      // The reader's own registry in the place of the example's, which is one of ECR.
      const example = join(checkout, 'packaging/packer/example.pkrvars.hcl');
      const text = readFileSync(example, 'utf8');
      const own = text
        .replace(/^ecr_registry .*\n/m, '')
        .replaceAll(/REGISTRY=[^"]+/g, `REGISTRY=${registry}`);
      writeFileSync(example, own);
      const build = quickStart('bake', 'packer', { '10.0.1.10:7443': coordinator.address });
      const program = 'program' in packer ? packer.program : '';
      const script = `packer() { ${program} "$@"; }\n${build}`;
      succeeded(await cloud.run(builder, 'bash', ['-euc', script], checkout));
      expect(secretsIn(builder)).toEqual([]);
      const instance = await launchInstance(testbed, builder, instanceId, coordinator);
      expect(await assignAndAsk(coordinator, instance)).toBe(`Hello alice, this is ${instanceId}\n`);
    });
  },
);
