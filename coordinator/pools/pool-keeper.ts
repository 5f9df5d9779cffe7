import { reasonOf } from '../../proto/errors/cause.ts';
import { Bell } from '../../proto/process/bell.ts';
import { eachBounded } from '../../proto/process/bounded.ts';
import { isAbort, pause, runTasks, type Task } from '../../proto/process/tasks.ts';
import type { DueLaunch } from '../store/pools.ts';
import { ImageRounds, type ImageParts } from './image-rounds.ts';
import { LaunchPace } from './launch-pace.ts';
import { PoolRounds, type PoolParts } from './pool-rounds.ts';

/** Milliseconds between two rounds when nothing wakes them. */
export interface PoolIntervals {
  plan: number;
  launch: number;
  observe: number;
  /** The same while an image is built: a builder tells that it is done by powering itself off. */
  observeBuilds: number;
  end: number;
  images: number;
  demand: number;
}

const defaultIntervals: PoolIntervals = {
  plan: 5_000,
  launch: 1_000,
  observe: 30_000,
  observeBuilds: 3_000,
  end: 2_000,
  images: 2_000,
  demand: 60_000,
};

/** Milliseconds in which changes gather before a plan: a pool that boots checks in all at once. */
const gatherFor = 200;
/** Calls that launch at the same time. */
const parallelLaunches = 5;

export interface KeeperOptions extends PoolParts {
  store: PoolParts['store'] & ImageParts['store'];
  /** Is rung when an instance or a pool changed. */
  wake: Bell;
  intervals?: PoolIntervals;
}

/**
 * Keeps pools at their targets until the signal aborts. A failure is logged and the next round finds the same work. Two
 * of these on one store waste calls, and launch nothing twice.
 */
export async function keepPools(options: KeeperOptions, signal: AbortSignal): Promise<void> {
  const { logger, wake, intervals = defaultIntervals } = options;
  const [rounds, images] = [new PoolRounds(options), new ImageRounds(options)];
  const bells = { plan: wake, launch: new Bell(), observe: new Bell(), end: new Bell() };
  let isBuilding = false;
  const pace = new LaunchPace(() => options.moment().steady);
  const known = new Map<string, string>();
  const round = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      if (known.delete(what)) logger.info({ what }, 'pools: works again');
    } catch (cause) {
      if (isAbort(cause)) return;
      const reason = reasonOf(cause);
      // Each new reason is logged once.
      if (known.get(what) !== reason) logger.warn({ what, reason }, 'pools: failed, retrying');
      known.set(what, reason);
    }
  };
  const plan: Task = async (ended) => {
    while (!ended.aborted) {
      await round('plan', async () => {
        if (!(await rounds.plan())) return;
        bells.launch.ring();
        bells.end.ring();
      });
      await bells.plan.wait(intervals.plan, ended);
      await pause(gatherFor, ended);
    }
  };
  const launchOne = async ({ launchId, count }: DueLaunch, ended: AbortSignal): Promise<void> => {
    for (let wait = pace.take(count); wait > 0 && !ended.aborted; wait = pace.take(count))
      await pause(wait, ended);
    if (ended.aborted) return;
    const outcome = await rounds.launch(launchId);
    if (outcome === 'throttled') pace.throttled();
    else if (outcome === 'ok') pace.passed();
    // What was refused is wanted elsewhere.
    if (outcome !== undefined) bells.plan.ring();
  };
  const launch: Task = async (ended) => {
    while (!ended.aborted) {
      await round('launch', async () => {
        await eachBounded(await rounds.due(), parallelLaunches, ended, (due) => launchOne(due, ended));
      });
      await bells.launch.wait(intervals.launch, ended);
    }
  };
  const observe: Task = async (ended) => {
    while (!ended.aborted) {
      await round('list', () => rounds.observe());
      await bells.observe.wait(isBuilding ? intervals.observeBuilds : intervals.observe, ended);
    }
  };
  const end: Task = async (ended) => {
    while (!ended.aborted) {
      await round('terminate', async () => {
        while (!ended.aborted && (await rounds.end()) > 0);
      });
      await bells.end.wait(intervals.end, ended);
    }
  };
  const build: Task = async (ended) => {
    while (!ended.aborted) {
      let isMoved = false;
      await round('build images', async () => {
        const wasBuilding = isBuilding;
        ({ isOpen: isBuilding, isMoved } = await images.build());
        if (isBuilding && !wasBuilding) bells.observe.ring();
        if (!isMoved) return;
        for (const bell of [bells.launch, bells.end, bells.plan]) bell.ring();
      });
      await round('remove images', () => images.retain());
      if (!isMoved) await pause(intervals.images, ended);
    }
  };
  const demand: Task = async (ended) => {
    while (!ended.aborted) {
      await round('record demand', () => rounds.recordDemand());
      await pause(intervals.demand, ended);
    }
  };
  await runTasks(signal, { demand, plan, launch, observe, end, build });
}
