import { coverage } from '../../agent/core/replay/merge.ts';
import { createLazyVolume, type LazyModel } from '../testbed/lazy-volume.ts';
import type { Testbed } from '../testbed/testbed.ts';
import type { App } from './apps.ts';
import { prepareGated } from './gated.ts';
import {
  boot,
  dockerdTime,
  fill,
  image,
  recordAndSnapshot,
  replayAll,
  withNewDisk,
  type LazyHost,
} from './lazy-boot.ts';
import { loadManyImages } from './lazy-images.ts';
import { percentile } from './statistics.ts';

export interface LazyOptions {
  testbed: Testbed;
  apps: readonly App[];
  /** Disks made from the snapshot for what is replayed. */
  rounds: number;
  /** The same for what is cold, and for dockerd: the model decides there, and runs differ by little. */
  coldRounds: number;
  /** How many images dockerd starts with, one figure each. */
  imageCounts: readonly number[];
  /** The disk: 20 ms for the first touch of 512 KiB, 140 MB/s, unless said otherwise. */
  model?: Partial<LazyModel>;
  signal: AbortSignal;
  status: (text: string) => void;
}

/** Medians over the rounds, in milliseconds. */
export interface LazyAppResult {
  app: string;
  /** Number of rounds behind `replayed_ms`, `warm_ms` and `replay_ms`. */
  n: number;
  /** Number of rounds behind `cold_ms`, `recall` and `precision`. */
  cold_n: number;
  /**
   * The order to the first answer of a container behind the gate, on a disk of which nothing was fetched but what dockerd
   * read at its start, and what it took to prepare the container.
   */
  cold_ms: number;
  /** The same after a replay. */
  replayed_ms: number;
  /** The same once more, after dockerd was started anew with everything of the disk in memory. */
  warm_ms: number;
  /** The replay, with the start of its process, before dockerd was started. */
  replay_ms: number;
  /** What part of what a cold boot and start fetched was listed. */
  recall: number;
  /** What part of what was listed a cold boot and start fetched. */
  precision: number;
  listed_chunks: number;
  /** Chunks that were still fetched after the replay. */
  missed_chunks: number;
}

/** Medians over the rounds, in milliseconds. */
export interface LazyDockerdResult {
  images: number;
  n: number;
  /** dockerd's own time, from its first line to its API. */
  cold_ms: number;
  replayed_ms: number;
  replay_ms: number;
  listed_chunks: number;
}

export interface LazyResult {
  lazy: LazyAppResult[];
  dockerd: LazyDockerdResult[];
}

/**
 * What a lazily loaded disk costs an order, and what a replay gives back: real Docker Engines with everything they own on a
 * disk that is made anew from its snapshot for every figure. Programs of the machine itself (dockerd, runc) are not on it.
 */
export async function benchLazy(options: LazyOptions): Promise<LazyResult> {
  const result: LazyResult = { lazy: [], dockerd: [] };
  for (const app of options.apps) result.lazy.push(await benchApp(options, app));
  for (const count of options.imageCounts) result.dockerd.push(await benchDockerd(options, count));
  return result;
}

async function benchApp(options: LazyOptions, app: App): Promise<LazyAppResult> {
  const { testbed, rounds, coldRounds, signal } = options;
  return await withHost(options, app.name, async (host, status) => {
    const { volume } = host;
    status('building its image');
    await fill(host, (engine) => app.build(engine, testbed.makeDirectory(`lazy-${app.name}-build`), image));
    status('recording its start');
    const listed = await recordAndSnapshot(host, app);
    const rows = { cold: new Samples(), warm: new Samples(), replayed: new Samples(), replay: new Samples() };
    const fits = { recall: new Samples(), precision: new Samples(), missed: new Samples() };
    // What an order costs that is the first one after a boot.
    const boots = (add: (ms: number) => void): Promise<void> =>
      boot(host, async (engine) => add(await (await prepareGated(engine, app, image, signal)).order()));
    const fetched = async (): Promise<number[]> => (await volume.state()).hydrated;
    for (let round = 1; round <= coldRounds; round++) {
      status(`cold ${round} of ${coldRounds}`);
      await withNewDisk(host, async () => {
        // What mounting reads comes before anything could be replayed.
        const mounted = new Set(await fetched());
        await boots((ms) => rows.cold.add(ms));
        const all = await fetched();
        const afterMount = all.filter((chunk) => !mounted.has(chunk));
        fits.recall.add(coverage(listed, afterMount).recall);
        fits.precision.add(coverage(listed, all).precision);
      });
    }
    for (let round = 1; round <= rounds; round++) {
      status(`replayed ${round} of ${rounds}`);
      await withNewDisk(host, async () => {
        rows.replay.add(await replayAll(host));
        const replayed = (await fetched()).length;
        await boots((ms) => rows.replayed.add(ms));
        fits.missed.add((await fetched()).length - replayed);
        await boots((ms) => rows.warm.add(ms));
      });
    }
    return {
      app: app.name,
      n: rounds,
      cold_n: coldRounds,
      cold_ms: rows.cold.median(),
      replayed_ms: rows.replayed.median(),
      warm_ms: rows.warm.median(),
      replay_ms: rows.replay.median(),
      recall: fits.recall.median(),
      precision: fits.precision.median(),
      listed_chunks: listed.size,
      missed_chunks: fits.missed.median(),
    };
  });
}

async function benchDockerd(options: LazyOptions, images: number): Promise<LazyDockerdResult> {
  const { testbed, coldRounds: rounds } = options;
  return await withHost(options, `dockerd-${images}`, async (host, status) => {
    status(`loading ${images} images`);
    await fill(host, (engine) =>
      loadManyImages(engine, testbed.makeDirectory(`lazy-images-${images}`), images),
    );
    status('recording its start');
    const listed = await recordAndSnapshot(host);
    const rows = { cold: new Samples(), replayed: new Samples(), replay: new Samples() };
    for (let round = 1; round <= rounds; round++) {
      status(`round ${round} of ${rounds}`);
      await withNewDisk(host, () => boot(host, async (engine) => rows.cold.add(dockerdTime(engine))));
      await withNewDisk(host, async () => {
        rows.replay.add(await replayAll(host));
        await boot(host, async (engine) => rows.replayed.add(dockerdTime(engine)));
      });
    }
    return {
      images,
      n: rounds,
      cold_ms: rows.cold.median(),
      replayed_ms: rows.replayed.median(),
      replay_ms: rows.replay.median(),
      listed_chunks: listed.size,
    };
  });
}

async function withHost<T>(
  { testbed, model, signal, status }: LazyOptions,
  name: string,
  action: (host: LazyHost, status: (text: string) => void) => Promise<T>,
): Promise<T> {
  const directory = testbed.makeDirectory(`lazy-${name}`);
  const volume = await createLazyVolume(directory, { sizeBytes: 4 * 1024 ** 3, ...model });
  // Also when the testbed is closed in the middle; a second close finds nothing left to do.
  testbed.onClose(() => volume.close());
  try {
    await volume.format();
    return await action({ testbed, volume, signal }, (text) => status(`lazy disk, ${name}: ${text}`));
  } finally {
    await volume.close();
  }
}

class Samples {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
  }

  /** Rounds times to one decimal and shares to four. */
  median(): number {
    const value = percentile(this.#values, 0.5);
    return value <= 1 ? Math.round(value * 10_000) / 10_000 : Math.round(value * 10) / 10;
  }
}
