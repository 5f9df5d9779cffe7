import type { Logger } from '../../proto/process/log.ts';
import type { Task } from '../../proto/process/tasks.ts';
import type { Changes } from '../fleet/changes.ts';
import { moment } from '../fleet/moment.ts';
import type { Outcomes } from '../fleet/outcomes.ts';
import type { RoutesConfirmed, RouteUseCases } from '../store/routes.ts';
import { RouteFeed } from './feed.ts';
import { publish, type Publisher } from './publisher.ts';

export interface RoutingParts {
  store: Pick<RouteUseCases, 'routeChanges' | 'setPublishers' | 'confirmRoutes'>;
  changes: Pick<Changes, 'watchRoutes' | 'instanceChanged'>;
  outcomes: Outcomes;
  logger: Logger;
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

  /**
   * Keeps publishers up to date until the signal aborts.
   * @param publishers of this coordinator
   * @param external names of those that read WatchRoutes
   */
  task(publishers: readonly Publisher[], external: readonly string[]): Task {
    return async (signal) => {
      const { store, logger } = this.#parts;
      this.#conclude(
        await store.setPublishers({ own: publishers.map(({ name }) => name), external }, moment()),
      );
      await Promise.all([
        this.feed.run(signal),
        ...publishers.map((publisher) =>
          publish(
            { publisher, feed: this.feed, logger, confirm: (...done) => this.confirm(...done) },
            signal,
          ),
        ),
      ]);
    };
  }

  #conclude({ steps, tenancies }: RoutesConfirmed): void {
    this.#parts.outcomes.deliver(tenancies);
    for (const { instance } of tenancies) this.#parts.changes.instanceChanged(instance.instanceId);
    this.#parts.outcomes.stepped(steps);
  }
}
