import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { retry } from '../../proto/process/retry.ts';
import type { PullRetry } from '../core/manifest.ts';
import { layersOfTries, type LayerProgress } from '../core/image/pull-progress.ts';
import type { ImageEngine, PullRequest } from '../docker/engine.ts';
import type { PullResult } from '../docker/pull.ts';

export interface RetriedPull extends PullResult {
  /** Tries that failed. */
  retries: PullRetry[];
}

export interface Retrying {
  /** How often a stalled or interrupted pull is retried. */
  retries: number;
  /** From 0 to 1. */
  random: () => number;
  now: () => Date;
  /** Called before each try. */
  onTry?: () => void;
  onRetry: (retry: PullRetry) => void;
}

/**
 * Pulls, and retries when the registry or the network fails: what is complete on the Engine is not fetched twice, and what
 * failed tries fetched counts in the result.
 * @throws ParbakeError as `readPull` does; a failure that no retry can mend, at once; the signal's reason when it aborts
 */
export async function pullWithRetries(
  engine: ImageEngine,
  request: PullRequest,
  { retries: allowed, random, now, onTry, onRetry }: Retrying,
): Promise<RetriedPull> {
  const tries: LayerProgress[][] = [];
  const retries: PullRetry[] = [];
  let seen: LayerProgress[] = [];
  const pull = async (): Promise<PullResult> => {
    onTry?.();
    seen = [];
    const onProgress = (layers: LayerProgress[]): void => {
      seen = layers;
      request.onProgress(layersOfTries([...tries, layers]));
    };
    return await engine.pull({ ...request, onProgress });
  };
  try {
    const { outcome, layers } = await retry(pull, {
      attempts: allowed + 1,
      isWorthIt: isMendable,
      delay: (failures) => Math.round(backoff(failures, random())),
      signal: request.signal,
      onRetry: ({ cause, waitMs }) => {
        tries.push(seen);
        const { code, message: reason } = toParbakeError(cause);
        const failed = { at: now().toISOString(), code, reason, waitMs };
        retries.push(failed);
        onRetry(failed);
      },
    });
    return { outcome, layers: layersOfTries([...tries, layers]), retries };
  } catch (cause) {
    throw isMendable(cause) ? afterTries(cause, retries.length) : cause;
  }
}

function isMendable(cause: unknown): cause is ParbakeError {
  return cause instanceof ParbakeError && ['IMAGE_PULL_FAILED', 'IMAGE_PULL_STALLED'].includes(cause.code);
}

function afterTries(cause: ParbakeError, retries: number): ParbakeError {
  if (retries === 0) return cause;
  return new ParbakeError(cause.code, `${cause.message} (try ${retries + 1} of ${retries + 1})`, { cause });
}
