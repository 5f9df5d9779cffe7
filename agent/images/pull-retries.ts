import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { PullRetry } from '../core/manifest.ts';
import { layersOfTries, type LayerProgress } from '../core/image/pull-progress.ts';
import type { ImageEngine, PullRequest } from '../docker/engine.ts';
import type { PullResult } from '../docker/pull.ts';

export interface RetriedPull extends PullResult {
  /** The tries that failed. */
  retries: PullRetry[];
}

export interface Retrying {
  /** How often a pull that broke off or stalled is begun again. */
  retries: number;
  /** From 0 to 1. */
  random: () => number;
  now: () => Date;
  onRetry: (retry: PullRetry) => void;
}

/**
 * Pulls, and begins again when the registry or the network fails: what is complete on the Engine is not fetched twice.
 * @throws ParbakeError as `readPull` does; one that no other try can mend, at once; the signal's reason when it aborts
 */
export async function pullWithRetries(
  engine: ImageEngine,
  request: PullRequest,
  { retries: allowed, random, now, onRetry }: Retrying,
): Promise<RetriedPull> {
  const { signal } = request;
  const tries: LayerProgress[][] = [];
  const retries: PullRetry[] = [];
  for (;;) {
    let seen: LayerProgress[] = [];
    const onProgress = (layers: LayerProgress[]): void => {
      seen = layers;
      request.onProgress(layersOfTries([...tries, layers]));
    };
    try {
      const { outcome, layers } = await engine.pull({ ...request, onProgress });
      return { outcome, layers: layersOfTries([...tries, layers]), retries };
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof ParbakeError) || !mendable.has(cause.code)) throw cause;
      if (retries.length >= allowed) throw afterTries(cause, retries.length);
      tries.push(seen);
      const { code, message } = cause;
      const waitMs = Math.round(backoff(retries.length, random()));
      const retry = { at: now().toISOString(), code, reason: message, waitMs };
      retries.push(retry);
      onRetry(retry);
      await pause(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}

const mendable: ReadonlySet<string> = new Set(['IMAGE_PULL_FAILED', 'IMAGE_PULL_STALLED']);

function afterTries(cause: ParbakeError, retries: number): ParbakeError {
  if (retries === 0) return cause;
  return new ParbakeError(cause.code, `${cause.message} (try ${retries + 1} of ${retries + 1})`, { cause });
}
