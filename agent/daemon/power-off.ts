import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { reasonOf } from '../../proto/errors/cause.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';

/** Milliseconds: the program only asks the service manager. */
const deadline = 30_000;

export interface PowerOffOptions {
  /** A program and its arguments. */
  command: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  logger: Logger;
  signal: AbortSignal;
}

/** Powers the machine off, once however often it is asked, and tries until the program succeeds. Never rejects. */
export function powerOffOnce({ command, env, logger, signal }: PowerOffOptions): () => void {
  let isAsked = false;
  const [program = '', ...args] = command;
  const run = (): Promise<unknown> => promisify(execFile)(program, args, { env, timeout: deadline, signal });
  return () => {
    if (isAsked) return;
    isAsked = true;
    logger.info({ command }, 'released, powering the machine off');
    void retry(run, {
      delay: (failures) => backoff(failures, Math.random()),
      signal,
      onRetry: ({ cause }) => logger.warn({ reason: reasonOf(cause) }, 'cannot power off, retrying'),
    }).catch((cause: unknown) => {
      if (!isAbort(cause)) logger.error({ reason: reasonOf(cause) }, 'cannot power off');
    });
  };
}
