import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecording, recordingsPath } from '../../agent/core/replay/recording.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { createLazyVolume, lazyVolumeMissing, type LazyVolume } from '../testbed/lazy-volume.ts';
import {
  agentProgram,
  startAgent,
  startCoordinator,
  type AgentOptions,
  type Coordinator,
} from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? lazyVolumeMissing());

const operatorProgram = join(import.meta.dirname, '../../coordinator/cli/main.ts');
const extraBytes = 3 * 1024 ** 2;
/** Reads more for a user who asks for it, which no bake can know. */
const applicationSource = `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const { PARBAKE_USER: user = 'nobody', EXTRA = '' } = process.env;
const extra = EXTRA === '' ? 0 : readFileSync('/app/' + EXTRA).length;
createServer((_, response) => response.end(user + ' read ' + extra)).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

/** Milliseconds for a bake that records starts, on a busy machine. */
const bakeDeadline = 300_000;

describe.skipIf(missing !== undefined)(`what starts read beyond their recording ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let volume: LazyVolume;
  let coordinator: Coordinator;
  let recipe: string;
  let volumes = 0;

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    const workshop = await testbed.startEngine();
    await buildApplicationImage(workshop, testbed.makeDirectory('base'), 'base:1');
    const directory = testbed.makeDirectory('app');
    writeFileSync(join(directory, 'server.js'), applicationSource);
    writeFileSync(join(directory, 'extra.bin'), randomBytes(extraBytes));
    writeFileSync(join(directory, 'Dockerfile'), 'FROM base:1\nCOPY server.js extra.bin /app/\n');
    await buildImage(workshop, directory, `${registry}/acme/app:1`);
    await pushImage(workshop, `${registry}/acme/app:1`);
    await workshop.stop();
    recipe = join(testbed.directory, 'parbake.yaml');
    const app = `name: app, image: '${registry}/acme/app:1', ready: { http: { port: 8080 } }`;
    writeFileSync(
      recipe,
      `apiVersion: parbake/v1
images: ['${registry}/acme/app:1']
roles:
  web: { containers: [{ ${app}, ports: [8080], user_env: [EXTRA] }] }
  early: { containers: [{ ${app}, prepare: start }] }
`,
    );
    coordinator = await startCoordinator(testbed);
    await bake();
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** A sealed snapshot on a disk of its own. */
  async function bake(...options: string[]): Promise<void> {
    volumes += 1;
    const disk = await createLazyVolume(testbed.makeDirectory(`volume-${volumes}`), {
      sizeBytes: 1024 ** 3,
      firstTouchMs: 1,
      bytesPerSecond: 1e9,
    });
    testbed.onClose(() => disk.close());
    volume = disk;
    await volume.format();
    await volume.mount();
    const builder = await testbed.startEngine({ root: volume.directory });
    await installGate(builder.root);
    const args = ['bake', '--record', '--recipe', recipe, '--root', builder.root, ...options];
    const log = join(testbed.directory, 'bake.log');
    const started = builder.startInside(process.execPath, [agentProgram, ...args], log);
    await waitFor('the bake', () => started.ended() !== undefined, bakeDeadline);
    if (started.ended() !== 0) throw new Error(started.log());
    await command(process.execPath, [agentProgram, 'scrub', '--yes', '--root', builder.root]);
    await waitFor('Docker to end', () => builder.process.ended() !== undefined);
    await volume.unmount();
    await volume.snapshot();
  }

  interface Served {
    engine: Engine;
    agent: Started;
    page: string;
  }

  /** A clone that boots, gets an order for a role, and reports what its start read. */
  async function serve(
    instanceId: string,
    request: { role: string; env?: Record<string, string> },
    look: (served: Served) => Promise<void>,
    options: AgentOptions = {},
  ): Promise<void> {
    await volume.reset();
    await volume.mount();
    const engine = await testbed.startEngine({ root: volume.directory });
    const agent = startAgent(testbed, engine, coordinator, instanceId, options);
    try {
      await waitFor(`${instanceId} to be ready and warm`, async () => {
        if (agent.ended() !== undefined) throw new Error(agent.log());
        const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
        const isWarm = found?.roles.every(({ replayed }) => replayed === undefined || replayed === 1);
        return found?.state === 'INSTANCE_STATE_READY' && isWarm;
      });
      const { assignment } = await assign(coordinator.clients, { user: 'alice', ...request });
      expect(assignment).toMatchObject({ instanceId, state: 'ASSIGNMENT_STATE_SERVING' });
      const page = request.role === 'web' ? await (await fetch(`http://${engine.address}:8080/`)).text() : '';
      await look({ engine, agent, page });
    } finally {
      await agent.stop();
      await engine.stop();
      await volume.unmount();
    }
  }

  const reported = async (instanceId: string) =>
    await waitFor('the report of what was read', async () => {
      const { reads } = await getTimeline(coordinator.clients, instanceId);
      return reads[0];
    });
  const operator = async (...args: string[]): Promise<string> =>
    await command(process.execPath, [operatorProgram, ...args, '--coordinator', coordinator.address]);

  test('a start like the recorded one misses nothing of its image', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    await serve(instanceId, { role: 'web' }, async ({ page }) => {
      expect(page).toBe('alice read 0');
      const reads = await reported(instanceId);
      expect(reads).toMatchObject({ role: 'web', unwatchedReason: '', missedBytes: 0, leftOut: 0 });
      expect(reads.listedBytes).toBeGreaterThan(20e6);
      const [used = reads.listedBytes, listed = reads.listedBytes] = [reads.usedBytes, reads.usedListedBytes];
      expect(used).toBeGreaterThan(10e6);
      expect(listed / used).toBeGreaterThan(0.95);
    });
  });

  test('what it missed is shown, exported, and in the next bake', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    const request = { role: 'web', env: { EXTRA: 'extra.bin' } };
    await serve(instanceId, request, async ({ page, engine }) => {
      expect(page).toBe(`alice read ${extraBytes}`);
      const reads = await reported(instanceId);
      const path = reads.missedFiles[0]?.path ?? '';
      expect(path).toMatch(/\/overlay2\/\w+\/diff\/app\/extra\.bin$/);
      expect(reads.missedFiles[0]?.ranges).toEqual([0, extraBytes]);
      expect(reads.missedBytes).toBe(extraBytes);
      expect(reads.missedChunks.length).toBeGreaterThan(3);
      expect(await operator('show', instanceId)).toMatch(
        /READ AHEAD[^]*web +(at most )?[\d.]+ %[^]*3\.1 MB in 1 file/,
      );
      const shown = JSON.parse(await operator('show', instanceId, '--json')) as {
        reads: { recall: number; missed_files: string[] }[];
      };
      expect(shown.reads[0]?.recall).toBeLessThan(0.97);
      expect(shown.reads[0]?.missed_files).toEqual([path]);
      // Nothing of the tracing is left on the instance.
      const status = await command(process.execPath, [
        ...[agentProgram, 'status', '--json', '--socket'],
        join(engine.root, 'run/parbake/agent.sock'),
      ]);
      expect(JSON.parse(status)).toMatchObject({ start_watch: 'reported' });
    });
    const file = join(testbed.directory, 'misses.json');
    writeFileSync(file, await operator('misses', '--role', 'web'));
    await bake('--misses', file);
    await volume.mount();
    const recorded = join(volume.directory, recordingsPath, 'role-web.json');
    const { files } = parseRecording(readFileSync(recorded, 'utf8'), 'role-web.json');
    await volume.unmount();
    const extra = files.find(({ path }) => path.endsWith('/app/extra.bin'));
    // One of the two starts that were watched read it.
    expect(extra).toMatchObject({ ranges: [[0, extraBytes]], frequency: 0.5 });
    await serve('i-0cccccccccccccccc', request, async () => {
      const reads = await reported('i-0cccccccccccccccc');
      expect(reads.unwatchedReason).toBe('');
      expect(reads.missedFiles.filter(({ path }) => path.includes('/diff/app/'))).toEqual([]);
      // Node's own code may be read at one place more than before: the kernel reads 128 KiB around it.
      expect(reads.missedBytes).toBeLessThanOrEqual(128 * 1024);
    });
  });

  test('where the kernel’s tracing cannot be had, it is said why, and the start goes on', async () => {
    const instanceId = 'i-0dddddddddddddddd';
    const options = { through: ['setpriv', '--bounding-set', '-sys_admin'] };
    await serve(
      instanceId,
      { role: 'web' },
      async ({ agent }) => {
        const reads = await reported(instanceId);
        expect(reads.unwatchedReason).toBe('TRACING_UNAVAILABLE');
        expect(reads.unwatchedMessage).toMatch(/^tracefs cannot be mounted: /);
        expect(reads.missedFiles).toEqual([]);
        expect(await operator('show', instanceId)).toContain('TRACING_UNAVAILABLE');
        expect(agent.log()).toContain('beyond their recording is not counted');
      },
      options,
    );
    await expect(operator('misses', '--role', 'none')).rejects.toThrow('no start of role none was watched');
  });

  test('what has started before its order is not watched', async () => {
    const instanceId = 'i-0eeeeeeeeeeeeeeee';
    await serve(instanceId, { role: 'early' }, async ({ engine }) => {
      const { starts, reads } = await waitFor('the report of the start', async () => {
        const timeline = await getTimeline(coordinator.clients, instanceId);
        return timeline.starts.length > 0 ? timeline : undefined;
      });
      expect(starts[0]).toMatchObject({ name: 'app', prepared: 'start' });
      expect(reads).toEqual([]);
      const status = await command(process.execPath, [
        ...[agentProgram, 'status', '--json', '--socket'],
        join(engine.root, 'run/parbake/agent.sock'),
      ]);
      expect(JSON.parse(status)).toMatchObject({ start_watch: 'armed' });
    });
  });
});
