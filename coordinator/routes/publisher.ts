import { toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { Route } from '../core/route.ts';
import type { RouteFeed } from './feed.ts';

/** Makes routes visible to somebody. */
export interface Publisher {
  readonly name: string;
  /**
   * Makes changes visible. The same ones may come again.
   * @param changes the newest state of each route that changed
   * @param feed the whole table, for publishers that cannot change a part of it
   * @throws ParbakeError when it could not
   */
  publish(changes: readonly Route[], feed: RouteFeed, signal: AbortSignal): Promise<void>;
  /**
   * Looks whether what was published is still there, and publishes it anew if it is not.
   * @returns whether it was not
   */
  verify?(feed: RouteFeed, signal: AbortSignal): Promise<boolean>;
}

export interface PublishParts {
  publisher: Publisher;
  feed: RouteFeed;
  confirm: (publisher: string, generation: number, error: string) => Promise<void>;
  logger: Logger;
}

/** Milliseconds between two looks at what is published, and after a failure. */
const verifyInterval = 2_000;
const retryBounds = { first: 100, max: 5_000 };

/** Keeps one publisher up to date until the signal aborts. */
export async function publish(parts: PublishParts, signal: AbortSignal): Promise<void> {
  const { publisher, feed } = parts;
  const pending = new Map<string, Route>();
  let wanted = 0;
  let wake = new AbortController();
  const stop = feed.subscribe((changes, generation) => {
    for (const route of changes) pending.set(route.name, route);
    wanted = generation;
    wake.abort();
  });
  const failures = new Failures(parts);
  let done = -1;
  try {
    while (!signal.aborted) {
      wake = new AbortController();
      const changes = [...pending.values()];
      const generation = wanted;
      pending.clear();
      try {
        if (feed.isLoaded && generation > done) {
          await publisher.publish(changes, feed, signal);
          await parts.confirm(publisher.name, generation, '');
          done = generation;
        }
        failures.over();
        const woken = AbortSignal.any([signal, wake.signal]);
        if (wanted === generation) await pause(verifyInterval, woken);
        if (!woken.aborted) await publisher.verify?.(feed, signal);
      } catch (cause) {
        if (isAbort(cause)) return;
        // What was newer meanwhile stays.
        for (const route of changes) if (!pending.has(route.name)) pending.set(route.name, route);
        await failures.wait(cause, signal);
      }
    }
  } finally {
    stop();
  }
}

/** Failures in a row: each new reason is logged and told once. */
class Failures {
  readonly #parts: PublishParts;
  #count = 0;
  #reason = '';

  constructor(parts: PublishParts) {
    this.#parts = parts;
  }

  over(): void {
    if (this.#count > 0)
      this.#parts.logger.info({ publisher: this.#parts.publisher.name }, 'routes are published again');
    this.#count = 0;
    this.#reason = '';
  }

  async wait(cause: unknown, signal: AbortSignal): Promise<void> {
    const { publisher, confirm, logger } = this.#parts;
    const { code, message } = toParbakeError(cause);
    this.#count += 1;
    if (message !== this.#reason) {
      logger.warn({ publisher: publisher.name, code, reason: message }, 'cannot publish routes, retrying');
      // Where the store itself fails, that is told elsewhere.
      await confirm(publisher.name, 0, `${code}: ${message}`.slice(0, 1_000)).catch(() => {});
    }
    this.#reason = message;
    await pause(backoff(this.#count, Math.random(), retryBounds), signal);
  }
}
