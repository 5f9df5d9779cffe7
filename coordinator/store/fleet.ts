import type { InstanceState } from '../core/instance-state.ts';
import type { KnownRole, Moment } from '../core/model.ts';
import type { AssignmentStep, Tenancy } from './agents.ts';

/** A role as an operator applies it. */
export type AppliedRole = Pick<KnownRole, 'name' | 'userEnv' | 'takesFiles' | 'onLoss' | 'silentAfterMs'>;

/** By id, by state and then by id, or the last to check in or to change its state first. */
export const instanceOrders = ['ID', 'STATE', 'CHECK_IN', 'CHANGE'] as const;
export type InstanceOrder = (typeof instanceOrders)[number];

export interface InstanceFilter {
  role?: string;
  state?: InstanceState;
  /** Those that come after this one in the order. */
  after?: string;
  /** Part of an id. */
  find?: string;
  /** `ID` when absent. */
  order?: InstanceOrder;
  limit: number;
}

/** How many instances there are by state. READY is READY and connected; who is silent is READY to nobody. */
export interface StateCounts {
  states: Record<InstanceState, number>;
  /** How many of those that are not gone are not connected. */
  silent: number;
}

/** How many instances and requests there are. */
export interface FleetCounts extends StateCounts {
  /** Instances whose session is open. */
  connected: number;
  /** How many instances that are not over offer each role; an applied role that none offers is listed too. */
  roles: ReadonlyMap<string, StateCounts>;
  /** The requests that wait for an instance, by role. */
  waiting: ReadonlyMap<string, number>;
  /** How many instances let containers reach the metadata service that should not. */
  imdsExposed: number;
}

/** What operators ask for and set. */
export interface FleetUseCases {
  instance(instanceId: string): Promise<Tenancy | undefined>;
  instances(filter: InstanceFilter): Promise<Tenancy[]>;
  counts(): Promise<FleetCounts>;
  applyRoles(roles: readonly AppliedRole[]): Promise<void>;
  /** Forgets what was applied. @returns whether there was any */
  deleteRole(name: string): Promise<boolean>;
  /** Applied or offered by an instance that is not over, by name. */
  roles(): Promise<KnownRole[]>;
  /**
   * Takes an instance out of its pool; one that has a user keeps it, and is retired when its assignment ends.
   * @throws ParbakeError INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION
   */
  drain(instanceId: string, at: Moment): Promise<Operated>;
  /**
   * We are done with it: its assignment, if it has one, is released first. `isLost`: an operator says that it does not
   * run, so that its assignment ends or moves by the role's `on_loss`.
   * @throws ParbakeError INSTANCE_NOT_FOUND; ILLEGAL_TRANSITION, also when it is connected and said to be lost
   */
  retire(instanceId: string, isLost: boolean, at: Moment): Promise<Operated>;
  /**
   * An instance that never had a user goes back to its pool.
   * @throws ParbakeError INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION
   */
  clearQuarantine(instanceId: string, at: Moment): Promise<Operated>;
}

/** What an operator brought about. */
export interface Operated {
  tenancy: Tenancy;
  steps: AssignmentStep[];
  claimed: Tenancy[];
}
