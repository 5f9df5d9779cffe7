import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEc2Proofs } from '../fakes/ec2-proofs.ts';
import { makeMachineBuilder, sealMachine, type MachineBuilder } from '../proof/machine-builder.ts';
import { buildApplicationImage, pushImage } from '../testbed/images.ts';
import { bootMachine, cloneDisk, machineMissing, makeDisk, type Machine } from '../testbed/machine.ts';
import { coordinatorPackage } from '../testbed/parbake-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { quickStart } from '../support/quick-start-docs.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? machineMissing());
const minutes = 60_000;
const instanceId = 'i-0123456789abcdef0';

/** docs/quickstart-fleet.md on a whole machine, with the service below systemd, and an instance on another one. */
describe.skipIf(missing !== undefined)(
  `the coordinator's package on a machine with systemd ${missing ?? ''}`,
  { timeout: 60 * minutes },
  () => {
    let testbed: Testbed;
    let coordinator: Machine;

    beforeAll(async () => {
      testbed = await createTestbed();
      const deb = await coordinatorPackage();
      const disk = await makeDisk(testbed, (root) => {
        copyFileSync(deb, join(root, 'root', basename(deb)));
        return Promise.resolve();
      });
      coordinator = await bootMachine(
        testbed,
        'coordinator',
        await cloneDisk(disk, 'coordinator'),
        {},
        {
          [`${testbed.hostAddress}:7443`]: 7443,
          [`${testbed.hostAddress}:7445`]: 7445,
        },
      );
      await coordinator.up();
    }, 20 * minutes);
    afterAll(async () => {
      await testbed?.close();
    });

    const shown = (properties: string): Promise<string> =>
      coordinator.run(`systemctl show parbake-coordinator --property=${properties}`);

    test('the service starts at its installation, confined, and tells systemd that it is ready', async () => {
      await coordinator.run(quickStart('fleet', 'install'));
      await waitFor('the service to be active', async () =>
        (await shown('ActiveState')).includes('ActiveState=active'),
      );
      const properties = (await shown('Type,NRestarts,User,UnitFileState')).trim().split('\n').sort();
      expect(properties).toEqual(['NRestarts=0', 'Type=notify', 'UnitFileState=enabled', 'User=parbake']);
      expect(await coordinator.run('parbake instances --json')).toBe('{"instances":[]}\n');
      // An operator needs to be in the group, and nothing else.
      const asked = 'useradd --groups parbake bob && runuser -u bob -- parbake instances --json';
      expect(await coordinator.run(asked)).toBe('{"instances":[]}\n');
      const stranger = 'useradd eve && ! runuser -u eve -- parbake instances';
      await coordinator.run(stranger);
    });

    test('the watchdog restarts a service that hangs', async () => {
      const directory = '/run/systemd/system/parbake-coordinator.service.d';
      const soon = `mkdir -p ${directory} && printf '[Service]\\nWatchdogSec=15\\n' > ${directory}/soon.conf`;
      await coordinator.run(`${soon} && systemctl daemon-reload && systemctl restart parbake-coordinator`);
      await coordinator.run('kill -STOP $(systemctl show --value --property=MainPID parbake-coordinator)');
      const restarted = await waitFor(
        'systemd to restart it',
        async () => {
          const state = await shown('ActiveState,NRestarts');
          return /NRestarts=[1-9]/.test(state) && state.includes('=active') && state;
        },
        5 * minutes,
      );
      expect(restarted).toContain('ActiveState=active');
      expect(await coordinator.run('parbake instances --json')).toBe('{"instances":[]}\n');
    });

    test('an instance on another machine attests and serves', async () => {
      const ec2 = await startEc2Proofs(testbed);
      // A machine without hardware's help takes its time to boot.
      await coordinator.run(quickStart('fleet', 'policy', { '15m': '2h' }));
      const signer = readFileSync(ec2.signer, 'utf8');
      await coordinator.run(`cat >/etc/parbake/eu-central-1.pem <<'END'\n${signer}END`);
      await coordinator.run(`echo AWS_ENDPOINT_URL_STS=${ec2.stsUrl} >>/etc/default/parbake-coordinator`);
      // The instance reaches it through QEMU's own NAT.
      await coordinator.run('echo PARBAKE_AGENTS_BEHIND_NAT=1 >>/etc/default/parbake-coordinator');
      await coordinator.run(quickStart('fleet', 'listen', { '10.0.1.10': testbed.hostAddress }));
      const { machine, builder } = await bakedMachine();
      await sealMachine(builder);
      const clone = await bootMachine(testbed, 'clone', await cloneDisk(machine, 'clone'), {
        PARBAKE_IMDS: await ec2.vouchFor(instanceId, '10.0.2.15'),
      });
      await waitFor(
        'the instance to be READY',
        async () => {
          clone.told();
          return (await coordinator.run('parbake instances --json')).includes('READY');
        },
        15 * minutes,
      );
      const said = JSON.parse(await coordinator.run(quickStart('fleet', 'assign'))) as {
        state: string;
      };
      expect(said.state).toContain('SERVING');
      const answer = await fetch(`http://${clone.applicationAddress}/`);
      expect(await answer.text()).toBe(`Hello alice, this is ${instanceId}\n`);
    });

    async function bakedMachine(): Promise<{ machine: MachineBuilder['disk']; builder: MachineBuilder }> {
      const registry = (await testbed.registry()).address;
      const image = `${registry}/acme/app:1.4.2`;
      const workshop = await testbed.startEngine();
      await buildApplicationImage(workshop, testbed.makeDirectory('app'), image);
      await pushImage(workshop, image);
      await workshop.stop();
      const container = `{ name: app, image: '${image}', ports: [8080], ready: { http: { port: 8080 } }, user_env: [BRANCH] }`;
      const recipe = `apiVersion: parbake/v1\nimages: ['${image}']\nroles:\n  web: { containers: [${container}] }\n`;
      const builder = await makeMachineBuilder({ testbed, registry, recipe });
      const tree = testbed.makeDirectory('settings');
      const ca = await coordinator.run('cat /var/lib/parbake-coordinator-key/ca/ca.pem');
      writeFileSync(join(tree, 'ca.pem'), ca);
      const settings = [
        `PARBAKE_COORDINATOR=${testbed.hostAddress}:7443`,
        ...['PARBAKE_TLS_CA=/etc/parbake/ca.pem', 'PARBAKE_ATTEST=aws'],
      ];
      const { machine } = builder;
      await machine.run('systemctl stop parbake-agent; install -d /etc/parbake');
      await machine.put(tree);
      await machine.run('mv /ca.pem /etc/parbake/');
      await machine.run('parbake-agent bake --recipe /root/parbake.yaml');
      await machine.run(`cat > /etc/default/parbake-agent <<'END'\n${settings.join('\n')}\nEND`);
      return { machine: builder.disk, builder };
    }
  },
);
