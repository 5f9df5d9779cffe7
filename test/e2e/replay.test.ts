import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatRecording, parseRecording, recordingsPath } from '../../agent/core/replay/recording.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, pushImage } from '../testbed/images.ts';
import { createLazyVolume, lazyVolumeMissing, type LazyVolume } from '../testbed/lazy-volume.ts';
import { agentProgram, startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';
import { untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing() ?? lazyVolumeMissing());

interface BakeDocument {
  bake_id: string;
  recordings: { unit: { role?: string }; source: string; chunks: number; files: number; notes: string[] }[];
  warnings: { code: string; message: string }[];
}

/** Milliseconds for a bake that records starts, on a busy machine. */
const bakeDeadline = 300_000;

describe.skipIf(missing !== undefined)(`from a recorded bake to a warm instance ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let volume: LazyVolume;
  let coordinator: Coordinator;
  let baked: BakeDocument;
  let left: { containers: number; networks: string[] };

  beforeAll(async () => {
    testbed = await createTestbed();
    volume = await createLazyVolume(testbed.makeDirectory('volume'), {
      sizeBytes: 1024 ** 3,
      firstTouchMs: 1,
      bytesPerSecond: 1e9,
    });
    testbed.onClose(() => volume.close());
    const registry = (await testbed.registry()).address;
    const workshop = await testbed.startEngine();
    await buildApplicationImage(workshop, testbed.makeDirectory('app'), `${registry}/acme/app:1`);
    await pushImage(workshop, `${registry}/acme/app:1`);
    await workshop.stop();
    await volume.format();
    await volume.mount();
    const builder = await testbed.startEngine({ root: volume.directory });
    await installGate(builder.root);
    const app = `image: '${registry}/acme/app:1', ports: [8080]`;
    const recipe = join(testbed.directory, 'parbake.yaml');
    writeFileSync(
      recipe,
      `apiVersion: parbake/v1
images: ['${registry}/acme/app:1']
roles:
  web: { containers: [{ name: app, ${app}, ready: { http: { port: 8080 } } }] }
  deaf: { containers: [{ name: app, ${app}, ready: { tcp: { port: 9 }, timeout: 1 } }] }
  late: { containers: [{ name: app, ${app}, prepare: none, ready: { http: { port: 8080 } } }] }
`,
    );
    const bake = builder.startInside(
      process.execPath,
      [agentProgram, 'bake', '--json', '--record', '--recipe', recipe, '--root', builder.root],
      join(testbed.directory, 'bake.log'),
    );
    await waitFor('the bake', () => bake.ended() !== undefined, bakeDeadline);
    const line = bake
      .log()
      .split('\n')
      .find((one) => one.startsWith('{'));
    if (line === undefined || bake.ended() !== 0) throw new Error(bake.log());
    baked = JSON.parse(line) as BakeDocument;
    const networks = await builder.docker.listNetworks();
    left = {
      containers: (await builder.docker.listContainers({ all: true })).length,
      networks: networks.map(({ Name }) => Name),
    };
    await command(process.execPath, [agentProgram, 'scrub', '--yes', '--root', builder.root]);
    await waitFor('Docker to end', async () => builder.process.ended() !== undefined);
    await volume.unmount();
    await volume.snapshot();
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** A clone that boots from the snapshot: its agent is there before its Docker. */
  async function boot(
    instanceId: string,
    action: (instance: { agent: Started; engine: Engine }) => Promise<void>,
    { options = [], before = () => {} }: { options?: string[]; before?: () => void } = {},
  ): Promise<void> {
    await volume.reset();
    await volume.mount();
    before();
    const engine = await testbed.startEngine({ root: volume.directory });
    try {
      const agent = startAgent(testbed, engine, coordinator, instanceId, { options });
      try {
        await untilReady(coordinator, instanceId, agent);
        await action({ agent, engine });
      } finally {
        await agent.stop();
      }
    } finally {
      await engine.stop();
      await volume.unmount();
    }
  }

  const status = async (): Promise<Record<string, unknown>> =>
    JSON.parse(
      await command(process.execPath, [
        ...[agentProgram, 'status', '--json', '--socket'],
        join(volume.directory, 'run/parbake/agent.sock'),
      ]),
    ) as Record<string, unknown>;

  async function replaySpan(instanceId: string): Promise<Record<string, string>> {
    const found = await waitFor('the span of the replay', async () => {
      const { spans } = await getTimeline(coordinator.clients, instanceId);
      return spans.find(({ name }) => name === 'replay');
    });
    return found.attributes;
  }

  test('the bake records what is prepared, says what it could not, and leaves nothing', () => {
    const units = baked.recordings.map(({ unit }) => unit.role);
    expect(units).toEqual(['web', 'deaf']);
    for (const { source, chunks, files } of baked.recordings) {
      expect(source).toBe('tracefs');
      expect(chunks).toBeGreaterThan(20);
      expect(files).toBeGreaterThan(3);
    }
    const codes = baked.warnings.map(({ code }) => code);
    // Readiness of one role never held, and Docker is not systemd's here.
    expect(codes.sort()).toEqual(['RECORDING_INCOMPLETE', 'RECORDING_MISSING']);
    expect(left).toEqual({ containers: 0, networks: expect.arrayContaining(['bridge', 'host', 'none']) });
    expect(left.networks).toHaveLength(3);
  });

  test('an instance reads ahead what was recorded, says how far it is, and does it once in its boot', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    await boot(instanceId, async ({ agent, engine }) => {
      const attributes = await replaySpan(instanceId);
      expect(attributes).toMatchObject({
        'parbake.replay.failed': '0',
        'parbake.replay.units': 'role deaf: 100 %, role web: 100 %',
      });
      expect(Number(attributes['parbake.replay.bytes'])).toBeGreaterThan(50e6);
      expect(attributes['parbake.replay.refused']).toBeUndefined();
      expect(await status()).toMatchObject({
        replay: 'done, role deaf: 100 %, role web: 100 %',
        replay_error: '',
      });
      await waitFor('the coordinator to know it', async () => {
        const { roles } = await getInstance(coordinator.clients, instanceId);
        const parts = roles.map(({ name, replayed }) => [name, replayed]);
        return JSON.stringify(parts) === '[["web",1],["deaf",1],["late",null]]';
      });
      await agent.stop();
      const again = startAgent(testbed, engine, coordinator, instanceId);
      await waitFor('the agent to be back', async () => (await status().catch(() => ({}))) !== undefined);
      await waitFor('its status', async () => {
        const now = await status().catch(() => undefined);
        return now?.['connected'] === true && now['replay'] === 'off';
      });
      await again.stop();
    });
  });

  test('an order for a role stops what only others need', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    // The disk is so slow that the order comes in the middle, and nothing is started before it.
    await volume.pace(200);
    const options = ['--prepare-memory', '0'];
    const order = async ({ engine }: { engine: Engine }): Promise<void> => {
      const { assignment } = await assign(coordinator.clients, { user: 'bob', role: 'late' }, 60_000);
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
      const page = await fetch(`http://${engine.address}:8080/`);
      expect(await page.text()).toContain('Hello bob');
      const attributes = await replaySpan(instanceId);
      expect(attributes['parbake.replay.stopped']).toBe('signal');
      expect(await status()).toMatchObject({ replay: expect.stringMatching(/^stopped, role deaf: /) });
    };
    try {
      await boot(instanceId, order, { options });
    } finally {
      await volume.pace(1);
    }
  });

  test('nothing is read ahead when it is switched off', async () => {
    await boot(
      'i-0cccccccccccccccc',
      async () => {
        expect(await status()).toMatchObject({ replay: 'off' });
        const { roles } = await getInstance(coordinator.clients, 'i-0cccccccccccccccc');
        expect(roles.map(({ replayed }) => replayed)).toEqual([undefined, undefined, undefined]);
      },
      { options: ['--replay', 'off'] },
    );
  });

  test('a recording that does not fit is refused, told, and hinders nothing', async () => {
    const instanceId = 'i-0dddddddddddddddd';
    const spoil = (): void => {
      const directory = join(volume.directory, recordingsPath);
      expect(readdirSync(directory).sort()).toEqual(['role-deaf.json', 'role-web.json']);
      const file = join(directory, 'role-web.json');
      const recording = parseRecording(readFileSync(file, 'utf8'), file);
      expect(recording.bakeId).toBe(baked.bake_id);
      writeFileSync(file, formatRecording({ ...recording, bakeId: 'another' }));
    };
    const look = async (): Promise<void> => {
      const attributes = await replaySpan(instanceId);
      expect(attributes).toMatchObject({
        'parbake.replay.units': 'role deaf: 100 %',
        'parbake.replay.refused': 'role-web.json RECORDING_MISMATCH',
      });
      expect((await status())['replay_error']).toContain('RECORDING_MISMATCH');
    };
    await boot(instanceId, look, { before: spoil });
  });
});
