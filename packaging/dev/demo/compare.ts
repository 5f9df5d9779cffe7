import { performance } from 'node:perf_hooks';
import { pullImage } from '../testbed/images.ts';
import type { Engine } from '../testbed/engine.ts';
import { firstPage } from './page.ts';

/** How often each way is tried; the median counts. */
const bakedRuns = 5;
const pulledRuns = 3;

export interface Measured {
  median: number;
  runs: number[];
}

/** `docker run` of an image that is there: create, start, until the first answer. In milliseconds. */
export async function measureBakedRun(
  engine: Engine,
  image: string,
  port: number,
  signal: AbortSignal,
): Promise<Measured> {
  const runs: number[] = [];
  while (runs.length < bakedRuns) runs.push(await timedRun(engine, image, port, signal, false));
  return { median: median(runs), runs };
}

/** The same with nothing there, layers removed before each try: pull, create, start, until the first answer. */
export async function measurePullAndRun(
  engine: Engine,
  image: string,
  port: number,
  signal: AbortSignal,
): Promise<Measured> {
  const runs: number[] = [];
  while (runs.length < pulledRuns) {
    await engine.docker.getImage(image).remove({ force: true });
    runs.push(await timedRun(engine, image, port, signal, true));
  }
  return { median: median(runs), runs };
}

async function timedRun(
  engine: Engine,
  image: string,
  port: number,
  signal: AbortSignal,
  isPulled: boolean,
): Promise<number> {
  signal.throwIfAborted();
  const published = `${port}/tcp`;
  const start = performance.now();
  if (isPulled) await pullImage(engine, image);
  const container = await engine.docker.createContainer({
    Image: image,
    ExposedPorts: { [published]: {} },
    HostConfig: { PortBindings: { [published]: [{ HostPort: String(port) }] } },
  });
  try {
    await container.start();
    await firstPage(engine.address, port, signal);
    return performance.now() - start;
  } finally {
    await container.remove({ force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
