import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../packaging/dev/testbed/command.ts';
import { buildApplicationImage, pushImage } from '../../packaging/dev/testbed/images.ts';
import {
  bootMachine,
  cloneDisk,
  machineMissing,
  makeDisk,
  type Machine,
  type MachineDisk,
} from '../../packaging/dev/testbed/machine.ts';
import { startCoordinator, type Coordinator } from '../../packaging/dev/testbed/parbake.ts';
import { createTestbed, testbedMissing, type Testbed } from '../../packaging/dev/testbed/testbed.ts';
import { waitFor } from '../../packaging/dev/testbed/wait.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';

const missing = testbedMissing() ?? machineMissing();
if (missing !== undefined && process.env['PARBAKE_TEST_REQUIRE'] === 'all') throw new Error(missing);

const project = join(import.meta.dirname, '../..');
const minutes = 60_000;

/** What a clone must not share with its builder or with another clone. */
const identities = {
  'machine id': 'cat /etc/machine-id',
  "systemd's random seed": 'sha256sum < /var/lib/systemd/random-seed',
  'SSH host key': 'cut -d" " -f2 /etc/ssh/ssh_host_ed25519_key.pub',
  'Docker engine id': 'docker info --format "{{.ID}}"',
} as const;

/** The package on whole machines, with systemd, from the bake to the answer. */
describe.skipIf(missing !== undefined)(
  `a real machine, cloned ${missing ?? ''}`,
  { timeout: 15 * minutes },
  () => {
    let testbed: Testbed;
    let coordinator: Coordinator;
    let disk: MachineDisk;
    let registry: string;
    const machines: Machine[] = [];
    const known: Record<string, string>[] = [];

    beforeAll(async () => {
      testbed = await createTestbed();
      registry = (await testbed.registry()).address;
      const workshop = await testbed.startEngine();
      await buildApplicationImage(workshop, testbed.makeDirectory('app'), `${registry}/acme/app:1`);
      await pushImage(workshop, `${registry}/acme/app:1`);
      await workshop.stop();
      coordinator = await startCoordinator(testbed);
      execFileSync(process.execPath, [join(project, 'packaging/dev/package.ts')], { stdio: 'ignore' });
      disk = await makeDisk(testbed, install);
    }, 15 * minutes);

    afterAll(async () => {
      await testbed?.close();
    });

    async function install(root: string): Promise<void> {
      const deb = readdirSync(join(project, 'dist')).find((name) => name.endsWith('_amd64.deb')) ?? '';
      copyFileSync(join(project, 'dist', deb), join(root, 'root/agent.deb'));
      await command('chroot', [root, 'dpkg', '--install', '/root/agent.deb']);
      const { ca, agent } = coordinator.certificates;
      mkdirSync(join(root, 'etc/parbake'));
      for (const [file, name] of [
        [ca, 'ca.pem'],
        [agent.certificate, 'agent.pem'],
        [agent.key, 'agent.key'],
      ] as const)
        copyFileSync(file, join(root, 'etc/parbake', name));
      mkdirSync(join(root, 'etc/docker'), { recursive: true });
      writeFileSync(
        join(root, 'etc/docker/daemon.json'),
        JSON.stringify({ 'insecure-registries': [registry] }),
      );
      const app = `{ name: app, image: '${registry}/acme/app:1', ports: [8080], ready: { http: { port: 8080 } } }`;
      const recipe = `apiVersion: parbake/v1\nimages: ['${registry}/acme/app:1']\nroles:\n  web: { containers: [${app}] }\n`;
      writeFileSync(join(root, 'root/parbake.yaml'), recipe);
    }

    async function identify(machine: Machine): Promise<Record<string, string>> {
      const found: Record<string, string> = {};
      for (const [name, script] of Object.entries(identities))
        found[name] = (await machine.run(script)).trim();
      return found;
    }

    test('the builder bakes, records the starts of its role and of Docker, is scrubbed and sealed', async () => {
      const builder = await bootMachine(testbed, 'builder', await cloneDisk(disk, 'builder'));
      await builder.up();
      // Without a coordinator the agent says what it needs, and systemd does not try it again and again.
      const state = await builder.run(
        'systemctl show parbake-agent --property=Result,NRestarts,ExecMainStatus',
      );
      expect(state.split('\n').sort()).toEqual(['', 'ExecMainStatus=2', 'NRestarts=0', 'Result=exit-code']);
      const baked = JSON.parse(
        await builder.run('parbake-agent bake --json --recipe /root/parbake.yaml'),
      ) as {
        recordings: { unit: { kind: string; role?: string }; source: string; chunks: number }[];
        warnings: unknown[];
      };
      expect(baked.warnings).toEqual([]);
      expect(baked.recordings.map(({ unit, source }) => [unit.role ?? unit.kind, source])).toEqual([
        ['web', 'tracefs'],
        ['engine', 'tracefs'],
      ]);
      for (const { chunks } of baked.recordings) expect(chunks).toBeGreaterThan(50);
      expect((await builder.run('systemctl is-active docker')).trim()).toBe('active');
      known.push(await identify(builder));
      const settings = [
        `PARBAKE_COORDINATOR=${coordinator.agentAddress}`,
        ...['ca', 'cert', 'key'].map(
          (name) => `PARBAKE_TLS_${name.toUpperCase()}=/etc/parbake/${fileOf(name)}`,
        ),
      ].join('\n');
      await builder.run(`cat > /etc/default/parbake-agent <<'END'\n${settings}\nEND`);
      // The test's own way in stays; without its host keys the machine takes no further command.
      const keep = '--keep authorized-keys --keep ssh-user-keys';
      const last = `parbake-agent scrub --yes ${keep} && parbake-agent verify && systemctl poweroff --no-block`;
      expect(await builder.run(last)).toMatch(/^sealed$/m);
      await builder.off();
    });

    test('clones come up by themselves, differ in everything, and read ahead what was recorded', async () => {
      const parent = { ...disk, file: join(disk.place, 'builder.qcow2'), format: 'qcow2' as const };
      for (const name of ['one', 'two']) {
        const env = { PARBAKE_INSTANCE_ID: `i-${name}` };
        machines.push(await bootMachine(testbed, name, await cloneDisk(parent, name), env));
      }
      for (const machine of machines) {
        await machine.up();
        const instanceId = `i-${machine.name}`;
        const log = () => machine.run('journalctl --no-pager --unit parbake-agent | tail -30');
        await waitFor(
          `${instanceId} to be ready`,
          async () => {
            const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
            if (found?.state === 'INSTANCE_STATE_FAILED') throw new Error(await log());
            return found?.state === 'INSTANCE_STATE_READY';
          },
          5 * minutes,
        );
        const state = await machine.run('systemctl show parbake-agent --property=ActiveState,NRestarts');
        expect(state.split('\n').sort()).toEqual(['', 'ActiveState=active', 'NRestarts=0']);
        expect(await machine.run('systemctl list-units --failed --no-legend')).toBe('');
        known.push(await identify(machine));
        const replay = await waitFor('the replay to be told', async () => {
          const { spans } = await getTimeline(coordinator.clients, instanceId);
          return spans.find(({ name }) => name === 'replay');
        });
        expect(replay.attributes).toMatchObject({
          'parbake.replay.failed': '0',
          'parbake.replay.units': 'dockerd: 100 %, role web: 100 %',
        });
      }
      for (const name of Object.keys(identities)) {
        const values = known.map((one) => one[name] ?? '');
        expect(values.every((value) => value !== '')).toBe(true);
        expect([name, new Set(values).size]).toEqual([name, 3]);
      }
    });

    test('one of them is assigned, and answers its user', async () => {
      const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' }, 2 * minutes);
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
      const machine = machines.find(({ name }) => `i-${name}` === assignment?.instanceId);
      const answer = await fetch(`http://127.0.0.1:${machine?.applicationPort ?? 0}/`);
      expect(await answer.text()).toBe(`Hello alice, this is ${assignment?.instanceId ?? ''}\n`);
      const starts = await waitFor('the start to be told', async () => {
        const timeline = await getTimeline(coordinator.clients, assignment?.instanceId ?? '');
        return timeline.starts.length > 0 && timeline.starts;
      });
      expect(starts.map(({ prepared }) => prepared)).toEqual(['gate']);
    });
  },
);

function fileOf(option: string): string {
  return { ca: 'ca.pem', cert: 'agent.pem', key: 'agent.key' }[option] ?? '';
}
