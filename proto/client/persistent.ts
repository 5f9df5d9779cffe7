import { ParbakeError, toParbakeError, type ErrorCode } from '../errors/errors.ts';
import { backoff } from '../process/backoff.ts';
import { retry } from '../process/retry.ts';
import type { CallOptions } from '../wire/promise-client.ts';

/** What passes by itself: the coordinator restarts, its database does, or too many of this process's calls wait. */
const passing: readonly ErrorCode[] = ['COORDINATOR_UNREACHABLE', 'STORE_UNREACHABLE', 'TOO_MANY_WAITING'];

/** Milliseconds. Somebody waits, so tries are frequent. */
const bounds = { first: 500, max: 2_000 };

/** A unary call. */
export type Call<Request, Answer> = (request: Request, options?: CallOptions) => Promise<Answer>;

/**
 * Makes a call again while the coordinator is away, until its time is over. For calls that do the same when they are made
 * twice.
 * @param usualMs the time of a call that is given none, in milliseconds
 * @throws ParbakeError that the last try failed with; INTERRUPTED when the caller's signal aborts
 */
export function persistent<Request, Answer>(
  call: Call<Request, Answer>,
  usualMs: number,
): Call<Request, Answer> {
  return async (request, { timeoutMs = usualMs, signal = new AbortController().signal, ...rest } = {}) => {
    const until = performance.now() + timeoutMs;
    const left = (): number => until - performance.now();
    const once = (): Promise<Answer> => call(request, { ...rest, signal, timeoutMs: Math.max(1, left()) });
    try {
      return await retry(once, {
        isWorthIt: (cause) => {
          const { code, retryAfterMs = 0 } = toParbakeError(cause);
          return passing.includes(code) && left() > Math.max(bounds.first, retryAfterMs);
        },
        // The last try still needs some of the time.
        delay: (failures) => Math.min(backoff(failures, Math.random(), bounds), left() / 2),
        signal,
      });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new ParbakeError('INTERRUPTED', 'the caller gave up', { cause });
    }
  };
}
