import type { Logger } from '../../proto/process/log.ts';
import { afterRefusal } from '../core/pool/launch-row.ts';
import { forecastOf } from '../core/pool/forecast.ts';
import { planPool, type Plan, type PlanMoment } from '../core/pool/plan.ts';
import { scheduledTarget } from '../core/pool/pool-spec.ts';
import type { PoolView } from '../core/pool/pool-view.ts';
import { ProviderError, type Provider } from '../core/pool/provider.ts';
import { counted, type Called } from './called.ts';
import type { Moment } from '../core/model.ts';
import type { Operated } from '../store/fleet.ts';
import type { AskedLaunch, DueLaunch, PoolDemand, PoolUseCases } from '../store/pools.ts';

export interface PoolParts {
  store: PoolUseCases;
  provider: Provider;
  /** Is told what the end of a machine brought about. */
  concluded: (operated: Operated) => void;
  /** Is told of each call to the provider. @param outcome `ok`, or the kind of its failure */
  called?: Called;
  logger: Logger;
  moment: () => Moment;
  newId: () => string;
  /** 0 to 1. */
  random: () => number;
  /** See PlanMoment. */
  settling: number;
}

/** Milliseconds in which a call that was committed is left to whoever makes it: longer than its own deadline. */
const callPatience = 90_000;
/** Milliseconds until a termination is asked for again, unless a listing says that it happened. */
const endPatience = 60_000;
/** Milliseconds that machines and calls are kept after their end: the provider lists an ended machine for about an hour. */
const keptFor = 86_400_000;
/** Milliseconds between two counts of what was asked for. */
const demandEvery = 10_000;
/** Rows that one round removes of each. */
const rowsAtOnce = 1_000;
/** Machines in one termination. */
const maxEnds = 100;

/**
 * One round of each thing that keeps pools: plan, launch, list, terminate. What is left to do is in the store, so each round
 * can die at any point, and the next one, of this process or another, goes on from there.
 */
export class PoolRounds {
  readonly #parts: PoolParts;
  readonly #started: number;
  #hasListed = false;
  readonly #demand = new Map<string, { at: number; told: PoolDemand }>();

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#started = parts.moment().steady;
  }

  /** @returns whether there is something to launch or to end */
  async plan(): Promise<boolean> {
    const { store, moment } = this.#parts;
    const views = await store.poolViews(moment());
    let isNews = false;
    for (const view of views?.pools ?? [])
      isNews = (await this.#planOne(view, views?.fleetId ?? '')) || isNews;
    return isNews;
  }

  async #planOne(view: PoolView, fleetId: string): Promise<boolean> {
    const { store, moment, newId, settling, logger } = this.#parts;
    const at = moment();
    const { name, idle } = view.spec;
    const { demand, announced } = await this.#demandOf(name);
    const { lead, quantile } = idle.forecast;
    const timing: PlanMoment = { steady: at.steady, started: this.#started, settling };
    const plan = planPool(view, {
      ...timing,
      hasListed: this.#hasListed,
      fleetId,
      scheduled: scheduledTarget(idle.schedules, new Date(at.now)),
      announced,
      ...(demand === undefined ? {} : { forecast: forecastOf(demand, lead, quantile) }),
      newId,
    });
    if (isNoNews(view, plan)) return false;
    if (!(await store.commitPlan(name, view.revision, plan, at))) return false;
    this.#log(name, plan, logger);
    return plan.launches.length + plan.ends.length > 0;
  }

  /** What callers bring changes slowly, and is counted from many rows. */
  async #demandOf(name: string): Promise<PoolDemand> {
    const { store, moment } = this.#parts;
    const at = moment();
    const known = this.#demand.get(name);
    if (known !== undefined && at.steady - known.at < demandEvery) return known.told;
    const told = (await store.poolDemand(name, at)) ?? { announced: 0 };
    this.#demand.set(name, { at: at.steady, told });
    return told;
  }

  /** Keeps what was asked for when. */
  async recordDemand(): Promise<void> {
    await this.#parts.store.recordDemand(this.#parts.moment());
  }

  #log(pool: string, { launches, ends, status }: Plan, logger: Logger): void {
    const { condition, target } = status;
    for (const { launchId, count, market, instanceType, subnetId } of launches)
      logger.info({ pool, launchId, count, market, instanceType, subnetId, target }, 'launching');
    for (const { instanceId, reason } of ends)
      logger.info({ pool, instanceId, reason, target, condition }, 'ending a machine');
  }

  /** The calls that may be made now. */
  async due(): Promise<DueLaunch[]> {
    return await this.#parts.store.dueLaunches(this.#parts.moment());
  }

  /**
   * Makes one call, after it was committed that it is made.
   * @returns undefined when there was nothing to do; otherwise the kind of its failure, or `ok`
   */
  async launch(launchId: string): Promise<string | undefined> {
    const { store, moment } = this.#parts;
    const asked = await store.askLaunch(launchId, callPatience, moment());
    return asked === undefined ? undefined : await this.#call(asked);
  }

  async #call({ request, tries }: AskedLaunch): Promise<string> {
    const { store, provider, moment, random, logger } = this.#parts;
    const { launchId, pool } = request;
    try {
      const machines = await counted(this.#parts, 'launch', () => provider.launch(request));
      await store.launchAnswered(launchId, machines, moment());
      if (machines.length > request.count)
        logger.error({ pool, launchId, count: machines.length }, 'the provider launched more than was asked');
      return 'ok';
    } catch (cause) {
      if (!(cause instanceof ProviderError)) throw cause;
      const { kind, code, message } = cause;
      const after = afterRefusal(kind, request, tries, random());
      await store.launchFailed(launchId, after, { code, message }, moment());
      logger[after.kind === 'retry' ? 'info' : 'warn'](
        { pool, launchId, code, reason: message },
        'launch failed',
      );
      return kind;
    }
  }

  /** Reads the provider's whole list. A list that cannot be read changes nothing. */
  async observe(): Promise<void> {
    const { store, provider, moment, concluded, logger } = this.#parts;
    const views = await store.poolViews(moment());
    if (views === undefined) return;
    const begun = moment();
    const machines = await counted(this.#parts, 'list', () => provider.list(views.fleetId));
    const { strangers, ended, abandoned } = await store.observeMachines({ machines, begun }, moment());
    this.#hasListed = true;
    for (const instanceId of strangers)
      logger.warn({ instanceId }, 'machine carries our tag, and no launch of this store is known');
    for (const launchId of abandoned)
      logger.warn({ launchId }, 'the provider knows nothing of this launch: it is given up');
    for (const operated of ended) concluded(operated);
    await store.removePoolRows(moment().steady - keptFor, rowsAtOnce);
  }

  /** @returns how many machines were named */
  async end(): Promise<number> {
    const { store, provider, moment } = this.#parts;
    // Not before the provider's list was read: an older copy of the store may name what others use.
    if (!this.#hasListed) return 0;
    const ids = await store.takeEnds(maxEnds, endPatience, moment());
    if (ids.length > 0) await counted(this.#parts, 'terminate', () => provider.terminate(ids));
    return ids.length;
  }
}

/** A pool that has what it wants writes nothing. */
function isNoNews(view: PoolView, plan: Plan): boolean {
  const { launches, ends, outcomes, isOver } = plan;
  const parts = ({ breaker, past, status }: Pick<Plan, 'breaker' | 'past'> & Pick<PoolView, 'status'>) =>
    JSON.stringify([breaker, past, status]);
  return launches.length + ends.length + outcomes.length === 0 && !isOver && parts(view) === parts(plan);
}
