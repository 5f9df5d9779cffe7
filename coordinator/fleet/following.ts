import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { News, PeerListener } from '../store/peers.ts';
import type { ReplicaUseCases } from '../store/replicas.ts';
import type { RequestUseCases } from '../store/requests.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import type { Changes } from './changes.ts';
import type { Leadership } from './leadership.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';
import type { Sessions } from './sessions.ts';

/** Events that are read at once. */
const pageSize = 1_000;
/** Milliseconds after which other coordinators hear again when agents were last heard of, and how many in one transaction. */
const noteSeenEvery = 30_000;
const notedAtOnce = 1_000;

/** What this coordinator knows of callers and instances by heart, and reads again when another one changed it. */
export interface Remembered {
  /** @param instanceId absent: of all of them */
  trustChanged(instanceId?: string): Promise<void>;
  tokensChanged(): Promise<void>;
}

export interface FollowingParts {
  store: Pick<FleetUseCases, 'instance'> &
    Pick<ReplicaUseCases, 'noteSeen'> &
    Pick<RequestUseCases, 'assignment'> &
    Pick<TelemetryUseCases, 'events'>;
  sessions: Sessions;
  changes: Changes;
  outcomes: Outcomes;
  leadership: Leadership;
  remembered: Remembered;
  logger: Logger;
}

/** Follows what other coordinators change in the same store. What is told is looked up: the store is the truth. */
export class Following implements PeerListener {
  readonly #parts: FollowingParts;
  /** An event up to which everything was heard, so that what was missed can be found. */
  #cursor: number | undefined;
  /** The newest event as of the last sign of life. */
  #newest: number | undefined;
  #seenNoted = moment().steady;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  heard(news: News): void {
    const { instances = [], assignments = [], trust = [], doubted = [], tokens = false } = news;
    this.#carryOut(async () => {
      for (const id of trust) await this.#parts.remembered.trustChanged(id);
      if (tokens) await this.#parts.remembered.tokensChanged();
      await Promise.all([
        ...instances.map((id) => this.#instanceChanged(id)),
        ...assignments.map((id) => this.#assignmentChanged(id)),
        ...doubted.map((id) => this.#prove(id)),
      ]);
    });
  }

  alive(): void {
    this.#carryOut(async () => {
      const { newest } = await this.#parts.store.events(0, 0);
      // What was committed before the last sign of life has been told by now.
      this.#cursor = this.#newest;
      this.#newest = newest;
      await this.#noteSeen();
    });
  }

  missed(): void {
    this.#carryOut(async () => {
      const { store, remembered } = this.#parts;
      await remembered.trustChanged();
      await remembered.tokensChanged();
      const { newest } = await store.events(0, 0);
      for (let after = this.#cursor ?? newest; after < newest;) {
        const { events } = await store.events(after, pageSize);
        for (const { instanceId, assignmentId } of events) {
          await this.#instanceChanged(instanceId);
          await this.#assignmentChanged(assignmentId);
        }
        after = events.at(-1)?.sequence ?? newest;
      }
    });
  }

  leads(isLeader: boolean): void {
    const { leadership, logger } = this.#parts;
    if (isLeader !== (leadership.since !== undefined))
      logger.info(isLeader ? 'this coordinator leads' : 'this coordinator does not lead any more');
    leadership.set(isLeader);
  }

  async #noteSeen(): Promise<void> {
    const { store, sessions } = this.#parts;
    const { steady } = moment();
    if (steady - this.#seenNoted < noteSeenEvery) return;
    this.#seenNoted = steady;
    const all = sessions.all();
    for (let at = 0; at < all.length; at += notedAtOnce) {
      const some = all.slice(at, at + notedAtOnce);
      await store.noteSeen(
        Object.fromEntries(some.map(({ instanceId, lastSeenTime }) => [instanceId, lastSeenTime])),
      );
    }
  }

  async #instanceChanged(instanceId: string): Promise<void> {
    if (instanceId === '') return;
    const { store, sessions, changes, outcomes } = this.#parts;
    const session = sessions.get(instanceId);
    const tenancy = session === undefined ? undefined : await store.instance(instanceId);
    if (session !== undefined && tenancy !== undefined)
      if (tenancy.instance.sessionId === session.sessionId) outcomes.deliverMissed([tenancy]);
      else session.end(new ParbakeError('SESSION_SUPERSEDED', `instance ${instanceId} checked in again`));
    changes.instanceHeard(instanceId);
  }

  async #assignmentChanged(assignmentId: string): Promise<void> {
    const { store, changes } = this.#parts;
    if (!changes.isAwaited(assignmentId)) return;
    const assignment = await store.assignment(assignmentId);
    if (assignment !== undefined) changes.assignmentHeard(assignment);
  }

  /** Another machine checks in under its id: an agent that is gone makes room. */
  async #prove(instanceId: string): Promise<void> {
    const session = this.#parts.sessions.get(instanceId);
    if (session === undefined || (await session.answersWithin(deadlines.ping))) return;
    session.end();
  }

  #carryOut(work: () => Promise<void>): void {
    work().catch((cause: unknown) => {
      // The sweep and whoever waits look again.
      this.#parts.logger.warn({ err: cause }, 'cannot look at what another coordinator changed');
    });
  }
}
