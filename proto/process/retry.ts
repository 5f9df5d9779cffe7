import { pause } from './tasks.ts';

/** A try that failed and is followed by another. */
export interface FailedTry {
  cause: unknown;
  /** Failures in a row, this one included. */
  failures: number;
  /** Milliseconds until the next try. */
  waitMs: number;
}

export interface RetryOptions {
  /** Tries in a row, the first included; without a limit when absent. */
  attempts?: number;
  /** Whether another try may succeed; any failure is worth one when absent. */
  isWorthIt?: (cause: unknown) => boolean;
  /** Milliseconds to wait after a failure, see `backoff`. @param before failures in a row before this one */
  delay: (before: number) => number;
  signal: AbortSignal;
  onRetry?: (failed: FailedTry) => void;
}

/** Milliseconds: a server that asks for more patience is asked again after this. */
const maxTold = 600_000;

/**
 * Does some work until it succeeds. An error's own `retryAfterMs` makes the wait longer, up to ten minutes, and never
 * shorter.
 * @param work may call `startOver`: what it achieved ends the row of failures, whatever happens next
 * @throws the last failure, or the signal's reason once it aborts
 */
export async function retry<T>(
  work: (startOver: () => void) => Promise<T>,
  { attempts = Infinity, isWorthIt = () => true, delay, signal, onRetry = () => {} }: RetryOptions,
): Promise<T> {
  let before = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work(() => (before = 0));
    } catch (cause) {
      signal.throwIfAborted();
      const failures = before + 1;
      if (failures >= attempts || !isWorthIt(cause)) throw cause;
      const waitMs = Math.max(delay(before), retryAfterOf(cause));
      before = failures;
      onRetry({ cause, failures, waitMs });
      await pause(waitMs, signal);
    }
  }
}

function retryAfterOf(cause: unknown): number {
  const isTold = cause instanceof Error && 'retryAfterMs' in cause && typeof cause.retryAfterMs === 'number';
  return isTold ? Math.min(cause.retryAfterMs as number, maxTold) : 0;
}
