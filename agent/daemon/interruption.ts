import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { isSpotInstance, readInterruption, type InterruptionNotice } from '../host/imds.ts';

/** Milliseconds between two looks: EC2 recommends 5 s, and says it two minutes before. */
const lookEvery = 5_000;

/** Waits for EC2 to say that it takes this instance back, and then tells it once. */
export async function watchInterruption(
  base: string,
  onNotice: (notice: InterruptionNotice) => void,
  { logger, every = lookEvery }: { logger: Logger; every?: number },
  signal: AbortSignal,
): Promise<void> {
  let isSpot: boolean | undefined;
  let reason = '';
  while (!signal.aborted) {
    try {
      isSpot ??= await isSpotInstance(base, signal);
      // What is not spot is never taken back.
      if (!isSpot) return;
      const notice = await readInterruption(base, signal);
      if (notice !== undefined) {
        logger.warn({ action: notice.action, time: notice.time }, 'EC2 takes this instance back');
        onNotice(notice);
        return;
      }
      reason = '';
    } catch (cause) {
      if (signal.aborted) return;
      const failed = toParbakeError(cause).toReason();
      if (failed !== reason)
        logger.warn({ reason: failed }, 'cannot ask whether EC2 takes this instance back, retrying');
      reason = failed;
    }
    await pause(every, signal);
  }
}
