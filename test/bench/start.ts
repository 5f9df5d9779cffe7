import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { pullImage, pushImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { answered, portOf, type App } from './apps.ts';
import { bareWays, type BareWay } from './bare.ts';
import { prepareGated } from './gated.ts';
import { prepareHeld } from './held.ts';
import { summarise, type Summary } from './statistics.ts';

export const startMethods = [
  'pull_and_run',
  'baked_run_cold',
  'baked_run',
  'created_start',
  'unpause',
  'gate',
  'hold',
  'runc_run',
  'fork_exec',
] as const;
export type StartMethod = (typeof startMethods)[number];

export interface StartResult extends Summary {
  app: string;
  method: StartMethod;
}

export interface StartOptions {
  testbed: Testbed;
  apps: readonly App[];
  /** Rounds of each method; fewer of those that take seconds, or that stand between two others. */
  rounds: number;
  signal: AbortSignal;
  status: (text: string) => void;
}

/**
 * Milliseconds from "now" to the whole of an application's first answer, for each way to get there, on one Engine and
 * over the same published port; `runc_run` and `fork_exec` are what is left without Docker.
 */
export async function benchStart(options: StartOptions): Promise<StartResult[]> {
  const results: StartResult[] = [];
  for (const app of options.apps) results.push(...(await benchApp(options, app)));
  return results;
}

async function benchApp({ testbed, rounds, signal, status }: StartOptions, app: App): Promise<StartResult[]> {
  const ref = `${(await testbed.registry()).address}/bench/${app.name}:1`;
  const engine = await testbed.startEngine();
  status(`${app.name}: building its image`);
  await app.build(engine, testbed.makeDirectory(`start-${app.name}`), ref);
  await pushImage(engine, ref);
  await installGate(engine.root);
  const bare = await bareWays(testbed, engine, ref);
  const samples = new Map<StartMethod, number[]>();
  const bench: Bench = { engine, app, ref, signal };
  const run = async (method: StartMethod, count: number, way: () => Promise<number>): Promise<void> =>
    await alternate([[method, way]], count);
  /** Methods take turns, so that what slows the machine down slows all of them down. */
  const alternate = async (
    ways: readonly (readonly [StartMethod, () => Promise<number>])[],
    count: number,
  ): Promise<void> => {
    for (let round = 1; round <= count; round++)
      for (const [method, way] of ways) {
        signal.throwIfAborted();
        status(`${app.name}: ${method} ${round} of ${count}`);
        samples.set(method, [...(samples.get(method) ?? []), await way()]);
      }
  };
  try {
    const half = Math.ceil(rounds / 2);
    await run('baked_run', rounds, () => bakedRun(bench));
    await run('created_start', half, () => createdStart(bench));
    await run('unpause', half, () => unpause(bench));
    await alternate(
      [
        ['gate', () => ordered(prepareGated, bench)],
        ...(app.isHeld === true ? ([['hold', () => ordered(prepareHeld, bench)]] as const) : []),
      ],
      rounds,
    );
    await run('runc_run', rounds, () => bareRun(bench, bare.runc));
    await run('fork_exec', rounds, () => bareRun(bench, bare.forkExec));
    await run('baked_run_cold', Math.ceil(rounds / 3), async () => {
      dropCaches();
      return await bakedRun(bench);
    });
    await run('pull_and_run', Math.ceil(rounds / 5), async () => {
      await engine.docker.getImage(ref).remove({ force: true });
      const start = performance.now();
      await pullImage(engine, ref);
      return performance.now() - start + (await bakedRun(bench));
    });
  } finally {
    await bare.close();
    await engine.stop();
  }
  return startMethods.flatMap((method) => {
    const values = samples.get(method);
    return values === undefined ? [] : [{ app: app.name, method, ...summarise(values) }];
  });
}

interface Bench {
  engine: Engine;
  app: App;
  ref: string;
  signal: AbortSignal;
}

async function timed({ engine, app, signal }: Bench, act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  await answered(app, engine.address, signal);
  return performance.now() - start;
}

/** Creates and starts a container as `docker run` does. */
async function bakedRun(bench: Bench): Promise<number> {
  let id = '';
  const ms = await timed(bench, async () => {
    id = await create(bench);
    await bench.engine.docker.getContainer(id).start();
  });
  await remove(bench, id);
  return ms;
}

async function createdStart(bench: Bench): Promise<number> {
  const id = await create(bench);
  const ms = await timed(bench, () => bench.engine.docker.getContainer(id).start());
  await remove(bench, id);
  return ms;
}

async function unpause(bench: Bench): Promise<number> {
  const { engine, app, signal } = bench;
  const id = await create(bench);
  await engine.docker.getContainer(id).start();
  await answered(app, engine.address, signal);
  await engine.docker.getContainer(id).pause();
  const ms = await timed(bench, () => engine.docker.getContainer(id).unpause());
  await remove(bench, id);
  return ms;
}

async function ordered(prepare: typeof prepareGated, { engine, app, ref, signal }: Bench): Promise<number> {
  const prepared = await prepare(engine, app, ref, signal);
  const ms = await prepared.order();
  await prepared.remove();
  return ms;
}

async function bareRun(bench: Bench, way: BareWay): Promise<number> {
  const id = `bench-${randomUUID()}`;
  await way.prepare();
  const ms = await timed(bench, () => way.start(id));
  await way.stop(id);
  await waitFor('its port to be free', async () => !(await accepts(bench.engine.address, portOf)));
  return ms;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo({ host, port }, () => resolve(true));
    socket.on('connect', () => socket.destroy());
    socket.on('error', () => resolve(false));
  });
}

async function create({ engine, ref }: Bench): Promise<string> {
  const published = `${portOf}/tcp`;
  const container = await engine.docker.createContainer({
    Image: ref,
    ExposedPorts: { [published]: {} },
    HostConfig: { PortBindings: { [published]: [{ HostPort: String(portOf) }] } },
  });
  return container.id;
}

async function remove({ engine }: Bench, id: string): Promise<void> {
  await engine.docker.getContainer(id).remove({ force: true, v: true });
}

/** Drops the page cache of the whole machine, the smallest unit that the kernel offers. */
export function dropCaches(): void {
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}
