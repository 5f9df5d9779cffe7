import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderMissing, startBuilder } from '../testbed/builder.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
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
import { runToEnd, succeeded } from '../testbed/command.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());

const minutes = 60_000;
const instanceId = 'i-0123456789abcdef0';

describe.skipIf(missing !== undefined)(
  `the quick start with Ansible ${missing ?? ''}`,
  { timeout: 15 * minutes },
  () => {
    let testbed: Testbed;
    let registry: string;
    let deb: string;
    let python: string;
    let coordinator: QuickStartCoordinator;

    beforeAll(async () => {
      python = await pythonPackages(['ansible-core==2.19.14', 'ansible-lint==26.10.1', 'yamllint==1.38.0']);
      deb = await agentPackage();
      testbed = await createTestbed();
      registry = await pushQuickStartImages(testbed);
      coordinator = await startQuickStartCoordinator(testbed);
    });
    afterAll(async () => {
      await testbed?.close();
    });

    test('bakes an image without a secret, whose instance attests and serves', async () => {
      const builder = await startBuilder(testbed);
      const checkout = makeCheckout(testbed, coordinator, deb);
      const play = quickStart('bake', 'ansible', {
        '10.0.1.20': builder.address,
        '10.0.1.10:7443': coordinator.address,
        'registry.example.com': registry,
      });
      const played = await runToEnd('bash', ['-euc', play], {
        cwd: checkout,
        env: {
          PATH: `${join(python, 'bin')}:${process.env['PATH'] ?? ''}`,
          PYTHONPATH: python,
          HOME: testbed.makeDirectory('home'),
          LC_ALL: 'C.UTF-8',
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_PRIVATE_KEY_FILE: builder.key,
          ANSIBLE_HOST_KEY_CHECKING: '0',
          ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
          ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null',
        },
      });
      succeeded(played);
      expect(secretsIn(builder)).toEqual([]);
      const instance = await launchInstance(testbed, builder, instanceId, coordinator);
      expect(await assignAndAsk(coordinator, instance)).toBe(`Hello alice, this is ${instanceId}\n`);
    });
  },
);
