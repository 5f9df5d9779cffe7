import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ReplayUnit } from '../../agent/core/replay/recording.ts';
import { rootAt } from '../../agent/host/root.ts';
import { recordRole } from '../../agent/replay/record-role.ts';
import { startReplay } from '../../agent/replay/start.ts';
import type { Engine } from '../testbed/engine.ts';
import type { LazyVolume } from '../testbed/lazy-volume.ts';
import { agentProgram } from '../testbed/parbake.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { command } from '../testbed/command.ts';
import { installGate } from '../testbed/gate.ts';
import { answered, portOf as port, type App } from './apps.ts';

/** An instance whose disk is a lazy volume: the Engine's root is the volume's. */
export interface LazyHost {
  testbed: Testbed;
  volume: LazyVolume;
  signal: AbortSignal;
}

/** The one image that a host has. */
export const image = 'bench/app:1';
const bakeId = 'bench';
/** Milliseconds for a start to be recorded. */
const recordTimeout = 60_000;

/** Fills the disk through an Engine of its own, which is stopped afterwards. */
export async function fill(host: LazyHost, action: (engine: Engine) => Promise<void>): Promise<void> {
  await withEngine(host, async (start) => {
    await installGate(host.volume.directory);
    await action(await start());
  });
}

/** What only lives until the machine is switched off is in memory, as on any machine with systemd. */
async function mountRun({ directory }: LazyVolume): Promise<void> {
  const run = join(directory, 'run');
  mkdirSync(run, { recursive: true });
  await command('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', run]);
}

/**
 * Does what the end of a bake does: records the application's start when there is one, then dockerd's, with nothing of the disk in
 * memory; then makes the snapshot. @returns the chunks that are listed
 */
export async function recordAndSnapshot(host: LazyHost, app?: App): Promise<Set<number>> {
  const { volume, signal } = host;
  const listed = new Set<number>();
  const record = async (unit: ReplayUnit, dropCaches: boolean, start: () => Promise<void>): Promise<void> => {
    const { recording } = await recordRole(
      {
        root: rootAt(volume.directory),
        directory: volume.directory,
        unit,
        bakeId,
        images: [],
        dropCaches,
        timeoutMs: recordTimeout,
        signal,
      },
      start,
    );
    for (const { chunk } of recording.chunks) listed.add(chunk);
  };
  if (app !== undefined)
    await withEngine(host, async (start) => {
      const engine = await start();
      // Record the whole machine, as a bake does: what dockerd's start has read, an application's start reads too.
      await record({ kind: 'role', role: 'app' }, true, () => runOnce(engine, app, signal));
    });
  await withEngine(host, async (start) => {
    // It was mounted a moment ago.
    await record({ kind: 'engine' }, false, async () => void (await start()));
  });
  await volume.snapshot();
  // What making all this has left to be written would be measured with the starts.
  await command('sync', []);
  return listed;
}

/** Mounts the disk, and unmounts it when the Engine that `action` starts has been stopped. */
async function withEngine(
  { testbed, volume }: LazyHost,
  action: (start: () => Promise<Engine>) => Promise<void>,
): Promise<void> {
  await volume.mount();
  await mountRun(volume);
  let engine: Engine | undefined;
  await action(async () => (engine = await testbed.startEngine({ root: volume.directory })));
  await engine?.stop();
  await volume.unmount();
}

/** A new disk from the snapshot, mounted until `action` is over. */
export async function withNewDisk({ volume }: LazyHost, action: () => Promise<void>): Promise<void> {
  await volume.reset();
  await volume.mount();
  try {
    await action();
  } finally {
    await volume.unmount();
  }
}

/** dockerd as after a boot, until `action` is over; what it left of itself in memory is covered. */
export async function boot(
  { testbed, volume }: LazyHost,
  action: (engine: Engine) => Promise<void>,
): Promise<void> {
  await mountRun(volume);
  const engine = await testbed.startEngine({ root: volume.directory });
  try {
    await action(engine);
  } finally {
    // The disk is thrown away: nothing has to be written to it.
    await engine.kill();
  }
}

/** Replays as the agent does at boot. @returns the duration in milliseconds, including the start of its process */
export async function replayAll({ volume, signal }: LazyHost): Promise<number> {
  const begin = performance.now();
  const running = startReplay({
    program: [process.execPath, agentProgram],
    env: process.env,
    root: volume.directory,
    signal,
  });
  const report = await running.done;
  const took = performance.now() - begin;
  const problems = [...report.refused.map(({ message }) => message), ...report.notes];
  if (report.failed > 0 || report.stopped !== undefined || problems.length > 0)
    throw new Error(`the replay was not whole: ${problems.join('; ')} ${JSON.stringify(report.failures)}`);
  return took;
}

/** Starts an application as a bake does to record it. Every start here ends with the first answer. */
async function runOnce(engine: Engine, app: App, signal: AbortSignal): Promise<void> {
  const published = `${port}/tcp`;
  const container = await engine.docker.createContainer({
    Image: image,
    ExposedPorts: { [published]: {} },
    HostConfig: { PortBindings: { [published]: [{ HostPort: String(port) }] } },
  });
  try {
    await container.start();
    await answered(app, engine.address, signal);
  } finally {
    await container.remove({ force: true });
  }
}

/** Milliseconds that dockerd itself says it took, from its first line to its API. */
export function dockerdTime(engine: Engine): number {
  const lines = readFileSync(join(engine.root, 'var/log/dockerd.log'), 'utf8').split('\n');
  const last = (message: string): number => {
    const line = lines.findLast((one) => one.includes(`msg="${message}`));
    const time = /time="([^"]+)"/.exec(line ?? '')?.[1];
    if (time === undefined) throw new Error(`dockerd never said "${message}"`);
    return Date.parse(time);
  };
  return last('API listen on') - last('Starting up');
}
