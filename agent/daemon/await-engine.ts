import { reasonOf } from '../../proto/errors/cause.ts';
import type { Logger } from '../../proto/process/log.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import type { ContainerEngine, EngineIdentity } from '../docker/containers.ts';
import type { Recorder } from '../report/recorder.ts';

/** Docker is on this machine and starts with it: waiting long for it would only cost time. */
const bounds = { first: 500, max: 2_000 };

/**
 * Waits until Docker answers, and measures how long.
 * @returns undefined when the signal aborted first
 */
export async function awaitEngine(
  engine: ContainerEngine,
  recorder: Recorder,
  logger: Logger,
  signal: AbortSignal,
): Promise<EngineIdentity | undefined> {
  const span = recorder.begin('docker.ready');
  try {
    const identity = await retry(() => engine.identity(signal), {
      isWorthIt: (cause) => !isAbort(cause),
      delay: (failures) => backoff(failures, Math.random(), bounds),
      signal,
      onRetry: ({ cause, failures }) => {
        if (failures === 1) logger.warn({ reason: reasonOf(cause) }, 'Docker does not answer yet, waiting');
      },
    });
    await span.end({ 'docker.version': identity.version });
    return identity;
  } catch (cause) {
    if (isAbort(cause)) return undefined;
    throw cause;
  }
}
