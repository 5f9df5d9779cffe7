import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareIdentities, namedRules } from '../proof/compare.ts';
import { makeMachineBuilder, sealMachine, type MachineBuilder } from '../proof/machine-builder.ts';
import { awaitReport } from '../proof/machine-report.ts';
import { imageFindings, takeSnapshot, withoutRule, type MachineSnapshot } from '../proof/machine-target.ts';
import { buildApplicationImage, pushImage } from '../testbed/images.ts';
import { lazyVolumeMissing, type LazyVolume } from '../testbed/lazy-volume.ts';
import { bootMachine, cloneDisk, machineMissing, makeLazyDisk, type Machine } from '../testbed/machine.ts';
import { startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? machineMissing() ?? lazyVolumeMissing());

const minutes = 60_000;

/** The package on whole machines, with systemd and disks that are loaded lazily, from the bake to the answer. */
describe.skipIf(missing !== undefined)(
  `a real machine, cloned ${missing ?? ''}`,
  { timeout: 60 * minutes },
  () => {
    let testbed: Testbed;
    let coordinator: Coordinator;
    let builder: MachineBuilder;
    let snapshot: MachineSnapshot;
    let volume: LazyVolume;
    let image: string;
    const machines: Machine[] = [];

    beforeAll(async () => {
      testbed = await createTestbed();
      const registry = (await testbed.registry()).address;
      image = `${registry}/acme/app:1`;
      const workshop = await testbed.startEngine();
      await buildApplicationImage(workshop, testbed.makeDirectory('app'), image);
      await pushImage(workshop, image);
      await workshop.stop();
      // A virtual machine reaches it through QEMU's own NAT.
      coordinator = await startCoordinator(testbed, undefined, ['--agents-behind-nat']);
      const app = `{ name: app, image: '${image}', ports: [8080], ready: { http: { port: 8080 } } }`;
      const recipe = `apiVersion: parbake/v1\nimages: ['${image}']\nroles:\n  web: { containers: [${app}] }\n`;
      builder = await makeMachineBuilder({ testbed, registry, recipe, prepare: installCertificates });
    }, 60 * minutes);

    afterAll(async () => {
      await testbed?.close();
    });

    async function installCertificates(root: string): Promise<void> {
      const { ca, agent } = coordinator.certificates;
      mkdirSync(join(root, 'etc/parbake'));
      for (const [file, name] of [
        [ca, 'ca.pem'],
        [agent.certificate, 'agent.pem'],
        [agent.key, 'agent.key'],
      ] as const)
        copyFileSync(file, join(root, 'etc/parbake', name));
    }

    test('the builder bakes, records the starts of its role and of Docker, is scrubbed and sealed', async () => {
      const { machine } = builder;
      // Without a coordinator's address the agent waits, and says what it needs.
      const shown = 'systemctl show parbake-agent --property=ActiveState,NRestarts,StatusText';
      await waitFor('the agent to wait', async () =>
        (await machine.run(shown)).includes('waiting for settings'),
      );
      expect(await machine.run(shown)).toContain('COORDINATOR_NOT_SET');
      expect(await machine.run(shown)).toMatch(/^NRestarts=0$/m);
      expect(await machine.run('parbake-agent status')).toMatch(/^waiting_for +settings$/m);
      const baked = JSON.parse(
        await machine.run('parbake-agent bake --json --recipe /root/parbake.yaml'),
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
      expect((await machine.run('systemctl is-active docker')).trim()).toBe('active');
      snapshot = await takeSnapshot(testbed, builder, image);
      const settings = [
        `PARBAKE_COORDINATOR=${coordinator.agentAddress}`,
        'PARBAKE_TLS_CA=/etc/parbake/ca.pem',
        'PARBAKE_TLS_CERT=/etc/parbake/agent.pem',
        'PARBAKE_TLS_KEY=/etc/parbake/agent.key',
      ].join('\n');
      await machine.run(`cat > /etc/default/parbake-agent <<'END'\n${settings}\nEND`);
      expect(await sealMachine(builder)).toMatch(/^sealed$/m);
    });

    test('clones come up by themselves, differ in everything, and read ahead what was recorded', async () => {
      const lazy = await makeLazyDisk(testbed, builder.disk);
      volume = lazy.volume;
      for (const name of ['one', 'two']) {
        const env = { PARBAKE_INSTANCE_ID: `i-${name}` };
        machines.push(await bootMachine(testbed, name, await cloneDisk(lazy.disk, name), env));
      }
      const reports = [];
      for (const machine of machines) {
        const instanceId = `i-${machine.name}`;
        reports.push(await awaitReport(machine, 20 * minutes));
        const isReady = async (): Promise<boolean> => {
          const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
          if (found?.state === 'INSTANCE_STATE_FAILED') throw new Error(`${instanceId} has failed`);
          return found?.state === 'INSTANCE_STATE_READY';
        };
        await waitFor(`${instanceId} to be ready`, isReady, 20 * minutes);
        const replay = await waitFor('the replay to be told', async () => {
          const { spans } = await getTimeline(coordinator.clients, instanceId);
          return spans.find(({ name }) => name === 'replay');
        });
        expect(replay.attributes).toMatchObject({
          'parbake.replay.failed': '0',
          'parbake.replay.units': 'dockerd: 100 %, role web: 100 %',
        });
      }
      expect(reports.flatMap(({ failedUnits }) => failedUnits)).toEqual([]);
      // It told systemd itself that it is there.
      const told = 'ActiveState=active NRestarts=0 Type=notify';
      expect(reports.map(({ agent }) => agent)).toEqual([told, told]);
      const made = '--snapshot-blob=/usr/lib/parbake/agent/daemon.snapshot';
      expect(reports.map(({ snapshotOption }) => snapshotOption)).toEqual([made, made]);
      const done = 'ConditionResult=yes ExecMainStatus=0 Result=success';
      expect(reports.map(({ readAhead }) => readAhead)).toEqual([done, done]);
      const sheets = reports.map(({ facts }) => facts);
      expect(sheets.map(({ identities }) => identities.length)).toEqual([9, 9]);
      expect(compareIdentities(snapshot.facts, sheets)).toEqual([]);
      expect(reports.flatMap((report) => imageFindings(report, snapshot.manifest))).toEqual([]);
    });

    test('one of them is assigned, and answers its user from what was read ahead', async () => {
      const before = (await volume.state()).hydrated.length;
      const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' }, 2 * minutes);
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
      const machine = machines.find(({ name }) => `i-${name}` === assignment?.instanceId);
      const answer = await fetch(`http://${machine?.applicationAddress ?? ''}/`);
      expect(await answer.text()).toBe(`Hello alice, this is ${assignment?.instanceId ?? ''}\n`);
      const { hydrated, chunksInSnapshot } = await volume.state();
      expect(before).toBeLessThan(chunksInSnapshot / 2);
      // What the start needs was there. Two systems do other things meanwhile.
      expect(hydrated.length - before).toBeLessThan(8);
      const starts = await waitFor('the start to be told', async () => {
        const timeline = await getTimeline(coordinator.clients, assignment?.instanceId ?? '');
        return timeline.starts.length > 0 && timeline.starts;
      });
      expect(starts.map(({ prepared }) => prepared)).toEqual(['gate']);
      const [read] = await waitFor('what the start read to be told', async () => {
        const { reads } = await getTimeline(coordinator.clients, assignment?.instanceId ?? '');
        return reads.length > 0 && reads;
      });
      expect(read).toMatchObject({ role: 'web', unwatchedReason: '', bakeId: snapshot.manifest.bakeId });
    });

    test('without the rule for machine ids it fails by that name', async () => {
      for (const machine of machines) await machine.kill();
      expect(namedRules(await withoutRule(testbed, snapshot, 'machine-id', 1))).toEqual(['machine-id']);
    });
  },
);
