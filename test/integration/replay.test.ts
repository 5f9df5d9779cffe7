import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockReads } from '../../agent/core/replay/trace.ts';
import type { StartUse } from '../../agent/core/replay/use.ts';
import { replayCommand, type ReplayReport } from '../../agent/replay/command.ts';
import { planReplay, ReplayQueue, type UnitProgress } from '../../agent/core/replay/plan.ts';
import { recordingsPath } from '../../agent/core/replay/recording.ts';
import { replay as replayQueue } from '../../agent/replay/read.ts';
import { deviceOf } from '../../agent/replay/device.ts';
import { locateFiles } from '../../agent/replay/misses.ts';
import { readsCommand } from '../../agent/replay/reads-command.ts';
import { recordReads } from '../../agent/replay/record.ts';
import { recordingOf, recordRole } from '../../agent/replay/record-role.ts';
import { startReplay } from '../../agent/replay/start.ts';
import { openStartTracing, openTracing } from '../../agent/replay/tracing.ts';
import { rootAt } from '../../agent/host/root.ts';
import { createLazyVolume, lazyVolumeMissing, type LazyVolume } from '../testbed/lazy-volume.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { runCommand } from '../support/run-command.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? lazyVolumeMissing());

const kibibyte = 1024;
const bakeId = 'bake-1';
const agent = [process.execPath, join(import.meta.dirname, '../../agent/main.ts')];

describe.skipIf(missing !== undefined)(`replay ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let volume: LazyVolume;
  /** What the volume fetched while the program ran on a cold disk. */
  let needed: number[];

  beforeAll(async () => {
    testbed = await createTestbed();
    volume = await createLazyVolume(testbed.makeDirectory('volume'), {
      sizeBytes: 256 * kibibyte ** 2,
      firstTouchMs: 1,
      bytesPerSecond: 1e9,
    });
    await volume.format();
    await volume.mount();
    plant(volume.directory);
    await volume.unmount();
    // As a builder has it: nothing of the disk is in memory, and the disk is not lazy.
    await volume.mount();
    const root = rootAt(volume.directory);
    const common = { root, directory: volume.directory, dropCaches: false, timeoutMs: 60_000, bakeId };
    const record = (role: string): Promise<unknown> =>
      recordRole({ ...common, unit: { kind: 'role', role }, images: [] }, () =>
        start(volume.directory, role),
      );
    await record('web');
    // Other files of the same tree; what they share with the first is in memory, and the first has it listed.
    await record('batch');
    await volume.unmount();
    await volume.snapshot();
    await volume.reset();
    await volume.mount();
    await start(volume.directory, 'web');
    needed = (await volume.state()).hydrated;
  });

  beforeEach(async () => {
    await volume.unmount();
    await volume.breakChunks([]);
    await volume.pace(1);
    await volume.reset();
    await volume.mount();
  });

  afterAll(async () => {
    await volume?.close();
    await testbed?.close();
  });

  const replay = (...args: string[]) => runCommand(replayCommand, ['--root', volume.directory, ...args]);
  const report = async (...args: string[]): Promise<ReplayReport> =>
    JSON.parse((await replay('--json', ...args)).stdout) as ReplayReport;

  test('after a replay the same start fetches nothing that was not listed', async () => {
    const read = await report();
    expect(read).toMatchObject({ failed: 0, files_missing: 0, refused: [], notes: [] });
    expect(read.progress.map(({ fraction }) => fraction)).toEqual([1, 1]);
    const replayed = new Set((await volume.state()).hydrated);
    expect(needed.length).toBeGreaterThan(20);
    expect(needed.filter((chunk) => !replayed.has(chunk))).toEqual([]);
    await start(volume.directory, 'web');
    expect((await volume.state()).hydrated.length).toBe(replayed.size);
    // And only what the programs need was fetched: half of the tree is read by nobody.
    expect(replayed.size).toBeLessThan((await volume.state()).chunksInSnapshot * 0.7);
  });

  test('a replay also brings the files into memory: the start does not ask the disk again', async () => {
    await report();
    const before = (await volume.state()).readBytes;
    await start(volume.directory, 'web');
    const asked = (await volume.state()).readBytes - before;
    expect(asked).toBeLessThan(64 * kibibyte);
  });

  test('a plan is shown without reading anything', async () => {
    const before = (await volume.state()).hydrated.length;
    const { exit, stdout } = await replay('--plan', '--json', '--prefer', 'web');
    expect(exit).toBe(0);
    const plan = JSON.parse(stdout) as { units: { unit: { role: string }; chunks: unknown[] }[] };
    expect(plan.units.map(({ unit }) => unit.role)).toEqual(['web', 'batch']);
    expect(plan.units[0]?.chunks.length).toBeGreaterThan(20);
    expect((await volume.state()).hydrated.length - before).toBeLessThan(5);
    expect((await replay('--plan')).stdout).toMatch(/^role batch: \d+ chunks .*\nrole web: \d+ chunks /);
  });

  test('a volume that was formatted again is refused, and nothing of it is read', async () => {
    const other = await createLazyVolume(testbed.makeDirectory('other'), { sizeBytes: 64 * kibibyte ** 2 });
    try {
      await other.format();
      await other.mount();
      mkdirSync(join(other.directory, recordingsPath), { recursive: true });
      const file = join(recordingsPath, 'role-web.json');
      writeFileSync(join(other.directory, file), readFileSync(join(volume.directory, file)));
      const { exit, stdout, stderr } = await runCommand(replayCommand, ['--root', other.directory, '--json']);
      expect(exit).toBe(1);
      expect(stderr).toContain('RECORDING_MISMATCH');
      expect(JSON.parse(stdout)).toMatchObject({ chunks_read: 0, files_read: 0, progress: [] });
    } finally {
      await other.close();
    }
  });

  test('images that are not those of the recording are refused', async () => {
    const images = [{ ref: 'acme/app:1', digest: 'sha256:new' }];
    const manifest = join(volume.directory, 'usr/lib/parbake/manifest.json');
    const recording = join(volume.directory, recordingsPath, 'role-web.json');
    const recorded = JSON.parse(readFileSync(recording, 'utf8')) as object;
    writeFileSync(
      recording,
      JSON.stringify({ ...recorded, images: [{ ref: 'acme/app:1', digest: 'sha256:old' }] }),
    );
    writeFileSync(manifest, JSON.stringify({ bakeId, images }));
    const read = await report();
    expect(read.refused).toMatchObject([{ name: 'role-web.json', code: 'RECORDING_MISMATCH' }]);
    expect(read.progress.map(({ unit }) => unit)).toEqual([{ kind: 'role', role: 'batch' }]);
    unlinkSync(manifest);
  });

  test('without tracefs it records whole files and says so; their replay leaves no misses either', async () => {
    const observation = await recordReads(
      {
        directory: volume.directory,
        dropCaches: false,
        timeoutMs: 60_000,
        openTracing: async () => 'tracefs cannot be mounted: not permitted',
      },
      () => start(volume.directory, 'web'),
    );
    expect(observation.source).toBe('files');
    expect(observation.notes.join()).toContain('tracefs cannot be mounted');
    expect(observation.chunks).toEqual([]);
    expect(new Set(observation.files.map(({ path }) => path))).toEqual(new Set(filesOfRole('web')));

    await volume.unmount();
    await volume.reset();
    const device = await volume.mount();
    const unit = { kind: 'role', role: 'web' } as const;
    const recording = recordingOf(observation, { unit, bakeId, images: [] }, new Date(0));
    const read = await replayQueue(new ReplayQueue(planReplay([recording])), {
      device,
      mountPoint: volume.directory,
      inFlight: 4,
      signal: new AbortController().signal,
    });
    expect(read).toMatchObject({ filesRead: 40, failed: 0, missing: 0 });
    const fetched = (await volume.state()).hydrated.length;
    expect(fetched).toBeGreaterThan(40);
    await start(volume.directory, 'web');
    expect((await volume.state()).hydrated.length).toBe(fetched);
  });

  test('a start that is never ready is recorded until the time limit, with a note', async () => {
    const observation = await recordReads(
      { directory: volume.directory, dropCaches: false, timeoutMs: 300 },
      async (signal) => {
        await start(volume.directory, 'web');
        if (!signal.aborted) await once(signal, 'abort');
        signal.throwIfAborted();
      },
    );
    expect(observation.endedBy).toBe('timeout');
    expect(observation.notes.join()).toContain('time limit');
    expect(observation.files.length).toBe(filesOfRole('web').length);
  });

  test('nothing of the tracing stays behind', async () => {
    await recordReads({ directory: volume.directory, dropCaches: false, timeoutMs: 60_000 }, async () => {});
    const mounts = readFileSync('/proc/self/mounts', 'utf8');
    expect(mounts).not.toContain('parbake-tracefs-');
    const tracing = await openTracing('left');
    if (typeof tracing === 'string') throw new Error(tracing);
    await tracing.close();
    const again = await openTracing('left');
    expect(typeof again).toBe('object');
    if (typeof again === 'object') await again.close();
  });

  /** As the agent does it on an instance, around one start. */
  async function watched(start: () => Promise<void>): Promise<StartUse> {
    const device = await deviceOf(volume.directory);
    const tracing = await openStartTracing('watched', device.traced, device);
    if (typeof tracing === 'string') throw new Error(tracing);
    try {
      tracing.startNow();
      await start();
      tracing.stopNow();
      const where = ['--trace', tracing.directory, '--directory', volume.directory];
      const layer = join(volume.directory, 'tree');
      const args = ['--role', 'web', ...where, '--layer', layer, '--root', volume.directory];
      const { stdout, exit } = await runCommand(readsCommand, args);
      expect(exit).toBe(0);
      return JSON.parse(stdout) as StartUse;
    } finally {
      await tracing.close();
    }
  }

  test('a start after a replay misses nothing, and used what was listed', async () => {
    await report();
    const use = await watched(() => start(volume.directory, 'web'));
    expect(use).toMatchObject({ bakeId, missedBytes: 0, missedChunks: [], missedFiles: [], leftOut: 0 });
    expect(use.listedBytes).toBe(filesOfRole('web').length * 700 * kibibyte);
    // Newer kernels tell what came from memory.
    const [used = use.listedBytes, listed = use.listedBytes] = [use.usedBytes, use.usedListedBytes];
    expect([used, listed]).toEqual([use.listedBytes, use.listedBytes]);
  });

  test('a start that reads more than was listed tells what it missed, and the next bake can find it', async () => {
    await report();
    const use = await watched(async () => {
      await start(volume.directory, 'web');
      await readFile(join(volume.directory, 'tree/folder-50/nobody'));
    });
    expect(use.missedChunks.length).toBeGreaterThan(0);
    const path = '/tree/folder-50/nobody';
    expect(use.missedFiles).toEqual([{ path, ranges: [0, 700 * kibibyte] }]);
    expect(use.missedBytes).toBe(700 * kibibyte);
    const [used = 0, listed = -use.missedBytes] = [use.usedBytes, use.usedListedBytes];
    expect(used - listed).toBe(use.missedBytes);
  });

  test('an earlier run that was killed leaves nothing that hinders the next', async () => {
    const { traced, ...fileSystem } = await deviceOf(volume.directory);
    const first = await openStartTracing('killed', traced, fileSystem);
    if (typeof first === 'string') throw new Error(first);
    first.startNow();
    const second = await openStartTracing('killed', traced, fileSystem);
    if (typeof second === 'string') throw new Error(second);
    const { text } = await second.stop();
    expect(blockReads(text, traced ?? { major: 0, minor: 0, startBytes: 0, sizeBytes: 0 })).toEqual([]);
    await second.close();
  });

  test('files of layers are found again under the names that layers have in another bake', async () => {
    const store = '/var/lib/docker/overlay2';
    for (const [layer, file] of [
      ['new', 'lib/a.so'],
      ['new', 'lib/twice.so'],
      ['other', 'lib/twice.so'],
    ] as const) {
      mkdirSync(join(volume.directory, store, layer, 'diff/lib'), { recursive: true });
      writeFileSync(join(volume.directory, store, layer, 'diff', file), '');
    }
    const old = ['lib/a.so', 'lib/twice.so', 'lib/gone.so'].map((file) => `${store}/old/diff/${file}`);
    const found = await locateFiles(rootAt(volume.directory), [...old, '/tree/folder-1/web', '/tree/none']);
    expect([...found]).toEqual([
      [`${store}/old/diff/lib/a.so`, `${store}/new/diff/lib/a.so`],
      ['/tree/folder-1/web', '/tree/folder-1/web'],
    ]);
  });

  test('a disk that fails is reported and skipped', async () => {
    const broken = needed.slice(-3);
    await volume.breakChunks(broken);
    const { exit, stdout } = await replay('--json');
    expect(exit).toBe(1);
    const read = JSON.parse(stdout) as ReplayReport;
    expect(read.failed).toBeGreaterThan(0);
    expect(read.failures[0]?.reason).toBe('EIO');
    expect(read.progress.map(({ fraction }) => fraction)).toEqual([1, 1]);
    const hydrated = new Set((await volume.state()).hydrated);
    expect(needed.filter((chunk) => !hydrated.has(chunk) && !broken.includes(chunk))).toEqual([]);
  });

  /** A replay in a process of its own, that is seen to have begun on a slow disk. */
  const begun = async (inFlight: number, onProgress?: (progress: UnitProgress[]) => void) => {
    await volume.pace(50);
    const first = Promise.withResolvers<void>();
    const running = startReplay({
      program: agent,
      env: process.env,
      root: volume.directory,
      inFlight,
      signal: new AbortController().signal,
      onProgress(progress) {
        onProgress?.(progress);
        first.resolve();
      },
    });
    await first.promise;
    return running;
  };

  test('an order stops it, and it tells how far it came', async () => {
    const running = await begun(2);
    await running.stop();
    const read = await running.done;
    expect(read.stopped).toBe('signal');
    expect(read.chunks_read).toBeGreaterThan(0);
    const fetched = (await volume.state()).hydrated.length;
    expect(fetched).toBeLessThan(needed.length);
  });

  test('an order for one role puts that role first', async () => {
    const seen: UnitProgress[][] = [];
    const running = await begun(2, (progress) => seen.push(progress));
    running.prefer('web');
    const read = await running.done;
    expect(read.stopped).toBeUndefined();
    const webDone = seen.find((progress) => fractionOf(progress, 'web') === 1);
    expect(fractionOf(seen[0], 'batch')).toBeGreaterThan(0);
    expect(fractionOf(webDone, 'batch')).toBeLessThan(1);
  });

  test('a reader that hangs on the disk does not hold up the order', async () => {
    const running = await begun(2);
    await volume.pace(4_000);
    const { hydrated } = await volume.state();
    await waitFor('a read that takes long', async () => {
      const now = await volume.state();
      return now.hydrated.length > hydrated.length;
    });
    await running.stop();
    await expect(running.done).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('when the agent goes, so does its reader', async () => {
    await volume.pace(50);
    const [program = '', ...args] = agent;
    const reader = spawn(program, [...args, 'replay', '--control', '--root', volume.directory], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let said = '';
    reader.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      reader.stdin.end();
    });
    await once(reader, 'close');
    expect(said).toContain('"stopped":"signal"');
    expect((await volume.state()).hydrated.length).toBeLessThan(needed.length);
  });

  test('in a process of its own it reads everything and tells how far it is', async () => {
    const fractions: number[] = [];
    const running = startReplay({
      program: agent,
      env: process.env,
      root: volume.directory,
      prefer: ['web'],
      signal: new AbortController().signal,
      onProgress: ([first]) => fractions.push(first?.fraction ?? 0),
    });
    running.prefer('batch');
    const read = await running.done;
    expect(read).toMatchObject({ failed: 0, refused: [] });
    expect(read.stopped).toBeUndefined();
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    const hydrated = new Set((await volume.state()).hydrated);
    expect(needed.filter((chunk) => !hydrated.has(chunk))).toEqual([]);
  });
});

/** Files of two roles, and as many that nobody reads, each with a place of its own on the disk. */
function plant(directory: string): void {
  for (let number = 0; number < 64; number++) {
    const folder = join(directory, 'tree', `folder-${number}`);
    mkdirSync(folder, { recursive: true });
    for (const owner of ['web', 'nobody', 'batch', 'none'])
      if (owner !== 'batch' || number < 16)
        writeFileSync(join(folder, owner), Buffer.alloc(700 * kibibyte, number + 1));
  }
}

function filesOfRole(role: string): string[] {
  const count = role === 'web' ? 40 : 16;
  return Array.from({ length: count }, (_, number) => `/tree/folder-${number}/${role}`);
}

/** A program of its own that reads its part of the tree. */
async function start(directory: string, role: string): Promise<void> {
  const files = filesOfRole(role).map((path) => join(directory, path));
  const program = spawn('cat', files, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code]: unknown[] = await once(program, 'exit');
  if (code !== 0) throw new Error(`cat ended with ${String(code)}`);
}

function fractionOf(progress: readonly UnitProgress[] | undefined, role: string): number {
  const found = progress?.find(({ unit }) => unit.kind === 'role' && unit.role === role);
  return found?.fraction ?? Number.NaN;
}
