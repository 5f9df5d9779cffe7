import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { Recorder } from './recorder.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** Delay after the start, in milliseconds: a waiting user comes first. */
const delay = 5_000;
/** Milliseconds: it asks some dozen programs of the system. */
const deadline = 30_000;

/**
 * Reports what the machine is made of, once, as attributes of a span.
 * @param self how this program is called
 */
export async function reportInventory(
  self: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  recorder: Recorder,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  await pause(delay, signal);
  const [program, ...args] = self;
  if (signal.aborted || program === undefined) return;
  const span = recorder.begin('inventory');
  try {
    const options = { timeout: deadline, env, signal };
    const { stdout } = await promisify(execFile)(program, [...args, 'inventory', '--json'], options);
    await span.end(JSON.parse(stdout) as Record<string, string>);
  } catch (cause) {
    if (!isAbort(cause)) logger.warn({ reason: reasonOf(cause) }, 'the inventory is not known');
  }
}
