import type { Logger } from '../../proto/process/log.ts';
import { aborted, type Task } from '../../proto/process/tasks.ts';
import type { Changes } from '../fleet/changes.ts';
import type { Leadership } from '../fleet/leadership.ts';
import { moment } from '../fleet/moment.ts';
import type { Outcomes } from '../fleet/outcomes.ts';
import type { RoutesConfirmed, RouteUseCases } from '../store/routes.ts';
import { RouteFeed } from './feed.ts';
import { publish, type Publisher } from './publisher.ts';

export interface RoutingParts {
  store: Pick<RouteUseCases, 'routeChanges' | 'setPublishers' | 'confirmRoutes'>;
  changes: Pick<Changes, 'watchRoutes' | 'instanceChanged'>;
  outcomes: Outcomes;
  leadership: Leadership;
  logger: Logger;
}

/** Who makes routes visible. */
export interface PublishersToKeep {
  /** Each coordinator has its own. */
  own: readonly Publisher[];
  /** Several coordinators have the same, so the one that leads keeps it. */
  shared: readonly Publisher[];
  /** Names of those that read WatchRoutes. */
  external: readonly string[];
}

/** Routes on their way from the store to everybody who makes them visible, and what those say back. */
export class Routing {
  readonly feed: RouteFeed;
  readonly #parts: RoutingParts;

  constructor(parts: RoutingParts) {
    this.#parts = parts;
    this.feed = new RouteFeed(parts);
  }

  /** Notes how far a publisher is. @throws ParbakeError PUBLISHER_UNKNOWN */
  async confirm(publisher: string, generation: number, error: string): Promise<void> {
    this.#conclude(await this.#parts.store.confirmRoutes(publisher, generation, error, moment()));
  }

  /** Keeps publishers up to date until the signal aborts. */
  task({ own, shared, external }: PublishersToKeep): Task {
    return async (signal) => {
      const { leadership } = this.#parts;
      if (leadership.since === undefined) await this.#expect(own, external);
      await Promise.all([
        this.feed.run(signal),
        ...own.map((publisher) => this.#publish(publisher, signal)),
        leadership.during(async (term) => {
          await this.#expect([...own, ...shared], external);
          await Promise.all(shared.map((publisher) => this.#publish(publisher, term)));
          await aborted(term);
          if (!signal.aborted) await this.#expect(own, external);
        }, signal),
      ]);
    };
  }

  async #expect(own: readonly Publisher[], external: readonly string[]): Promise<void> {
    const names = { own: own.map(({ name }) => name), external };
    this.#conclude(await this.#parts.store.setPublishers(names, moment()));
  }

  async #publish(publisher: Publisher, signal: AbortSignal): Promise<void> {
    const { logger } = this.#parts;
    await publish(
      { publisher, feed: this.feed, logger, confirm: (...done) => this.confirm(...done) },
      signal,
    );
  }

  #conclude({ steps, tenancies }: RoutesConfirmed): void {
    this.#parts.outcomes.deliver(tenancies);
    for (const { instance } of tenancies) this.#parts.changes.instanceChanged(instance.instanceId);
    this.#parts.outcomes.stepped(steps);
  }
}
