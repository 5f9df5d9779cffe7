import { performance } from 'node:perf_hooks';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { pullImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';
import type { DemoImage } from './image.ts';
import { firstPage } from './page.ts';

/** How many clones are tried; the medians count. */
const clones = 3;

/** Milliseconds until the first answer, one per clone. */
export interface OtherWays {
  bakedRun: number[];
  pullAndRun: number[];
}

/**
 * What the same image takes without Parbake, on further clones of the same sealed root, so that the users'
 * instances are left alone. Each clone starts the image as its first container, as an instance does for its user;
 * then the image is removed, and the clone pulls and runs it.
 */
export async function measureOtherWays(
  testbed: Testbed,
  sealed: Engine,
  image: DemoImage,
  signal: AbortSignal,
  status: (text: string) => void,
): Promise<OtherWays> {
  const ways: OtherWays = { bakedRun: [], pullAndRun: [] };
  for (let number = 1; number <= clones; number++) {
    status(`booting clone ${number} of ${clones} to compare with`);
    const root = testbed.makeDirectory(`compare-${number}`);
    await cloneRoot(sealed.root, root);
    signal.throwIfAborted();
    const engine = await testbed.startEngine({ root });
    status('baked, docker run');
    ways.bakedRun.push(await timedRun(engine, image, signal, async () => {}));
    status('pull and run');
    await engine.docker.getImage(image.ref).remove();
    ways.pullAndRun.push(await timedRun(engine, image, signal, () => pullImage(engine, image.ref)));
    await engine.stop();
  }
  return ways;
}

/** Does what `docker run` does, until the first answer: what comes `first`, create, start. */
async function timedRun(
  engine: Engine,
  { ref, port }: DemoImage,
  signal: AbortSignal,
  first: () => Promise<void>,
): Promise<number> {
  signal.throwIfAborted();
  const published = `${port}/tcp`;
  const start = performance.now();
  await first();
  const container = await engine.docker.createContainer({
    Image: ref,
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
