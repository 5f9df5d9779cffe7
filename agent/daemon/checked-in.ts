import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import type { Logger } from '../../proto/process/log.ts';

/**
 * Leaves a mark that the coordinator knows this machine: a pool's user data powers off a machine without it. Nobody waits
 * for it, and a later check-in writes it again.
 */
export function markCheckedIn(path: string, logger: Logger): void {
  const leave = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, '');
  };
  leave().catch((cause: unknown) => {
    logger.warn({ reason: reasonOf(cause) }, 'cannot leave the mark that this machine is known');
  });
}
