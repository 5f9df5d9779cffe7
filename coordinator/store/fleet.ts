import type { InstanceState } from '../core/instance-state.ts';
import type { KnownRole } from '../core/model.ts';
import type { Tenancy } from './agents.ts';

export interface InstanceFilter {
  role?: string;
  state?: InstanceState;
  /** Ids after this one. */
  after?: string;
  /** Part of an id. */
  find?: string;
  limit: number;
}

/** How many instances and requests there are. */
export interface FleetCounts {
  states: Partial<Record<InstanceState, number>>;
  /** By role: the instances that offer it and are not over. */
  roles: ReadonlyMap<string, Partial<Record<InstanceState, number>>>;
  /** By role: the requests that wait for an instance. */
  waiting: ReadonlyMap<string, number>;
}

/** What operators ask for and set. */
export interface FleetUseCases {
  instance(instanceId: string): Promise<Tenancy | undefined>;
  /** By id. */
  instances(filter: InstanceFilter): Promise<Tenancy[]>;
  counts(): Promise<FleetCounts>;
  applyRoles(roles: readonly Pick<KnownRole, 'name' | 'userEnv' | 'takesFiles'>[]): Promise<void>;
  /** Applied or offered by an instance that is not over, by name. */
  roles(): Promise<KnownRole[]>;
}
