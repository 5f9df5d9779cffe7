import { userStates, type InstanceState } from '../core/instance-state.ts';
import type { KnownRole } from '../core/model.ts';
import type { Tenancy } from '../store/agents.ts';
import type { FleetCounts, FleetUseCases, InstanceFilter } from '../store/fleet.ts';
import type { Sessions } from './sessions.ts';
import { SharedAnswer } from './shared-answer.ts';

/** A role with how many instances that offer it are where, and how many requests wait for one. */
export interface Pool extends KnownRole {
  preparing: number;
  assigned: number;
  failed: number;
  silent: number;
  lost: number;
  waiting: number;
}

interface Counted {
  counts: FleetCounts;
  roles: readonly KnownRole[];
}

/** Milliseconds for which a count is good at most, and instances that are counted in each of them. */
const [longest, countedInMs] = [500, 20];

/** The fleet as it is read. */
export class FleetView {
  readonly #store: Pick<FleetUseCases, 'instance' | 'instances' | 'counts' | 'roles'>;
  readonly #sessions: Sessions;
  /** A tenth of the time goes into counting at most, whoever asks: pages, metrics and lists. */
  readonly #counted = new SharedAnswer<Counted>(
    async () => {
      const [counts, roles] = await Promise.all([this.#store.counts(), this.#store.roles()]);
      return { counts, roles };
    },
    ({ counts: { states } }) =>
      Math.min(longest, Object.values(states).reduce((sum, count) => sum + count, 0) / countedInMs),
  );

  constructor(store: Pick<FleetUseCases, 'instance' | 'instances' | 'counts' | 'roles'>, sessions: Sessions) {
    this.#store = store;
    this.#sessions = sessions;
  }

  async instance(instanceId: string): Promise<Tenancy | undefined> {
    const found = await this.#store.instance(instanceId);
    return found && this.#seen(found);
  }

  /** Sorted by id. */
  async instances(filter: InstanceFilter): Promise<Tenancy[]> {
    return (await this.#store.instances(filter)).map((tenancy) => this.#seen(tenancy));
  }

  async counts(): Promise<FleetCounts> {
    return (await this.#counted.get()).counts;
  }

  /** Sorted by role name. */
  async pools(): Promise<Pool[]> {
    const {
      counts: { roles: counts, waiting },
      roles,
    } = await this.#counted.get();
    return roles.map((role) => {
      const { states, silent = 0 } = counts.get(role.name) ?? {};
      const of = (...wanted: InstanceState[]): number =>
        wanted.reduce((sum, state) => sum + (states?.[state] ?? 0), 0);
      return {
        ...role,
        preparing: of('CHECKED_IN', 'PREPARING'),
        assigned: of(...userStates),
        failed: of('FAILED', 'QUARANTINED'),
        silent,
        lost: of('LOST'),
        waiting: waiting.get(role.name) ?? 0,
      };
    });
  }

  /** The store is not told of every heartbeat. */
  #seen(tenancy: Tenancy): Tenancy {
    const session = this.#sessions.get(tenancy.instance.instanceId);
    if (session === undefined) return tenancy;
    return { ...tenancy, instance: { ...tenancy.instance, lastSeenTime: session.lastSeenTime } };
  }
}
