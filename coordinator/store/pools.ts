import type { Demand } from '../core/pool/forecast.ts';
import type { Plan } from '../core/pool/plan.ts';
import type { PoolSpec } from '../core/pool/pool-spec.ts';
import type { PoolStatus } from '../core/pool/pool-status.ts';
import type { PoolView } from '../core/pool/pool-view.ts';
import type { LaunchRequest, Machine } from '../core/pool/provider.ts';
import type { AfterRefusal } from '../core/pool/launch-row.ts';
import type { Moment } from '../core/model.ts';
import type { Operated } from './fleet.ts';

/** A pool as an operator applies it. */
export interface AppliedPool {
  spec: PoolSpec;
  /** Hashes the part of the file that machines are made from. */
  specHash: string;
}

/** A pool with what its last plan said. */
export interface KnownPool {
  spec: PoolSpec;
  isDeleted: boolean;
  /** Absent before its first plan. */
  status?: PoolStatus;
}

export interface DueLaunch {
  launchId: string;
  count: number;
}

/** A call that is about to be made. */
export interface AskedLaunch {
  request: LaunchRequest;
  /** Calls so far, this one included. */
  tries: number;
}

/** A whole listing of the provider's. */
export interface Listing {
  machines: readonly Machine[];
  /** When it began, on both clocks: what came after it is not missing from it. */
  begun: Moment;
}

/** What followed from a listing. */
export interface Observed {
  /** Machines that no row of this store named. */
  strangers: string[];
  /** Machines that are gone, and what their end brought about. */
  ended: Operated[];
  /** Calls of which nothing was found. */
  abandoned: string[];
}

/** What callers ask of a pool. */
export interface PoolDemand {
  /** Absent where the pool has no forecast. */
  demand?: Demand;
  /** Announced requests that have not come yet. */
  announced: number;
}

/** Requests that will come, as somebody says. */
export interface Expectation {
  /** Tells a retry, or a correction, from another announcement. */
  requestId: string;
  pool: string;
  count: number;
  /** When they come, and until when they are waited for, in milliseconds since the epoch. */
  start: number;
  end: number;
}

/** Pools, the calls that fill them and the machines that came of it. */
export interface PoolUseCases {
  /** @param fleetId names this store to the provider, if it has no name yet */
  applyPools(pools: readonly AppliedPool[], fleetId: string): Promise<void>;
  /** Sorted by name. */
  pools(): Promise<KnownPool[]>;
  /** @param reason empty to go on. @returns whether there is such a pool */
  pausePool(name: string, reason: string): Promise<boolean>;
  /** It drains: instances with a user live on until they are released. @returns whether there is such a pool */
  deletePool(name: string): Promise<boolean>;
  /** What plans are made from, and the name of this store; undefined before a pool was ever applied. */
  poolViews(at: Moment): Promise<{ fleetId: string; pools: PoolView[] } | undefined>;
  /**
   * Commits a plan, and takes machines out of the pool that nobody took meanwhile.
   * @param revision of the view that it was made from
   * @returns whether it was committed: a plan from an older view is not
   */
  commitPlan(name: string, revision: number, plan: Plan, at: Moment): Promise<boolean>;
  /** Calls that are due, with the machines that each asks for. */
  dueLaunches(at: Moment): Promise<DueLaunch[]>;
  /**
   * Commits that the call is made, before it is made.
   * @param patience milliseconds in which nobody else makes it
   * @returns undefined when somebody else makes it, or it is over
   */
  askLaunch(launchId: string, patience: number, at: Moment): Promise<AskedLaunch | undefined>;
  /** Makes the machines ours. */
  launchAnswered(launchId: string, machines: readonly Machine[], at: Moment): Promise<void>;
  /** @param said the provider's own code and sentence */
  launchFailed(
    launchId: string,
    after: AfterRefusal,
    said: { code: string; message: string },
    at: Moment,
  ): Promise<void>;
  /** Compares a whole listing with what this store knows. */
  observeMachines(listing: Listing, at: Moment): Promise<Observed>;
  /**
   * Machines to terminate now.
   * @param patience milliseconds until each is named again, unless a listing says that it is gone
   */
  takeEnds(limit: number, patience: number, at: Moment): Promise<string[]>;
  /** @returns undefined when there is no such pool */
  poolDemand(name: string, at: Moment): Promise<PoolDemand | undefined>;
  /** Keeps what was asked for when, for longer than the requests. */
  recordDemand(at: Moment): Promise<void>;
  /** @returns whether there is such a pool */
  expectDemand(expectation: Expectation): Promise<boolean>;
  /** Rows of machines and calls that have been over since. */
  removePoolRows(before: number, limit: number): Promise<number>;
}
