import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { ContainerEngine, EngineIdentity } from '../docker/containers.ts';
import type { Recorder } from '../report/recorder.ts';

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
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const identity = await engine.identity(signal);
      await span.end({ 'docker.version': identity.version });
      return identity;
    } catch (cause) {
      if (isAbort(cause)) return undefined;
      if (failures === 0) logger.warn({ reason: String(cause) }, 'Docker does not answer yet, waiting');
      await pause(backoff(Math.min(failures, 2), Math.random()), signal);
    }
  }
  return undefined;
}
