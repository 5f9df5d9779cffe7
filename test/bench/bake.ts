import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { manifestPath } from '../../agent/core/manifest.ts';
import { recipeOf, runBake } from '../support/bake-run.ts';
import { pushArchives } from '../support/registry-push.ts';
import { archiveOf } from '../support/tar-archive.ts';
import type { Engine } from '../testbed/engine.ts';
import { pullImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { percentile } from './statistics.ts';
import { dropCaches } from './start.ts';

/** Medians of `n` runs of each, taken in turn. */
export interface BakeResult {
  images: number;
  /** Unpacked, of all images together. */
  size_bytes: number;
  pull_ms: number;
  /** Pull, byte verification and manifest; starts are not recorded. */
  bake_ms: number;
  ratio: number;
  n: number;
}

export interface BakeBench {
  testbed: Testbed;
  rounds: number;
  /** Size of the big image. */
  bigMiB: number;
  signal: AbortSignal;
  status: (text: string) => void;
}

const mebi = 1024 ** 2;

/**
 * Compares a bake with pulls of the same images, through one client in this process, so that neither pays for starting a program.
 * Caches are dropped before each run, and again before the bake reads the bytes back, which then come from the disk.
 */
export async function benchBake(options: BakeBench): Promise<BakeResult[]> {
  const { testbed, bigMiB } = options;
  const registry = (await testbed.registry()).address;
  const results: BakeResult[] = [];
  for (const { images, mib, layers } of [
    { images: 1, mib: 64, layers: 4 },
    { images: 10, mib: 16, layers: 4 },
    { images: 60, mib: 4, layers: 3 },
    { images: 1, mib: bigMiB, layers: 8 },
  ]) {
    options.status(`bake: making ${images} of ${mib} MiB`);
    const refs: string[] = [];
    for (let index = 0; index < images; index++)
      refs.push(
        await pushArchives(registry, `bench/${images}-${mib}-${index}`, makeLayers(layers, mib), {
          suffix: '+gzip',
          pack: (layer) => gzipSync(layer, { level: 1 }),
        }),
      );
    results.push(await benchImages(options, refs, images * mib * mebi));
  }
  return results;
}

/** Layers of files between 4 and 252 KiB, of which half can be compressed, as in images of applications. */
function makeLayers(count: number, mib: number): Buffer[] {
  return Array.from({ length: count }, (_, layer) => {
    const entries = [];
    for (let bytes = 0, file = 0; bytes < (mib * mebi) / count; file++) {
      const size = (4 + ((file * 37) % 63) * 4) * 1024;
      const content = Buffer.concat([randomBytes(size / 2), Buffer.alloc(size / 2, `file ${file}\n`)]);
      entries.push({ path: `usr/lib/layer-${layer}/part-${Math.floor(file / 50)}/${file}`, content });
      bytes += size;
    }
    return archiveOf(...entries);
  });
}

async function benchImages(
  { testbed, rounds, signal, status }: BakeBench,
  refs: readonly string[],
  sizeBytes: number,
): Promise<BakeResult> {
  const engine = await testbed.startEngine();
  const pulls: number[] = [];
  const bakes: number[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const way of round % 2 === 0 ? (['bake', 'pull'] as const) : (['pull', 'bake'] as const)) {
        signal.throwIfAborted();
        status(`bake of ${refs.length}: ${way} ${round} of ${rounds}`);
        await clean(engine, testbed);
        if (way === 'pull') pulls.push(await timed(() => pullAll(engine, refs)));
        else bakes.push(await bakeAll(engine, testbed, refs));
      }
    }
  } finally {
    await engine.stop();
  }
  const [pullMs, bakeMs] = [percentile(pulls, 0.5), percentile(bakes, 0.5)];
  return {
    images: refs.length,
    size_bytes: sizeBytes,
    pull_ms: Math.round(pullMs),
    bake_ms: Math.round(bakeMs),
    ratio: Math.round((bakeMs / pullMs) * 100) / 100,
    n: rounds,
  };
}

async function clean(engine: Engine, testbed: Testbed): Promise<void> {
  for (const image of await engine.docker.listImages())
    await engine.docker.getImage(image.Id).remove({ force: true });
  for (const file of [join(engine.root, manifestPath), join(testbed.directory, 'parbake.lock')])
    rmSync(file, { force: true });
  settle();
}

/** What was written reaches the disk, and what is read comes from there. */
function settle(): void {
  execFileSync('sync');
  dropCaches();
}

async function pullAll(engine: Engine, refs: readonly string[]): Promise<void> {
  for (const ref of refs) await pullImage(engine, ref);
}

/** A bake in two halves, between which nobody counts the time of dropping caches: all of it, then the bytes. */
async function bakeAll(engine: Engine, testbed: Testbed, refs: readonly string[]): Promise<number> {
  const bake = async (...args: string[]): Promise<void> => {
    const recipe = recipeOf(...refs);
    const ended = await runBake({
      directory: testbed.directory,
      root: engine.root,
      recipe,
      args: ['--no-record', ...args],
    });
    if (ended.exit !== 0) throw new Error(ended.stderr);
  };
  const pulled = await timed(() => bake('--no-verify-bytes'));
  settle();
  return pulled + (await timed(() => bake()));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
