import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** Milliseconds. */
const deadline = 30_000;

/**
 * Makes journald write to memory until the power is off. It cannot be stopped, and would go on writing to a file below the builder's
 * machine id. Does nothing without journald, or with systemd before 243.
 * @param journalctl another program in tests
 * @throws ParbakeError INTERRUPTED, SCRUB_FAILED
 */
export async function leaveVarLog(signal: AbortSignal, journalctl = 'journalctl'): Promise<void> {
  try {
    await promisify(execFile)(journalctl, ['--relinquish-var'], { signal, timeout: deadline });
  } catch (cause) {
    const text = reasonOf(cause).trim();
    if (signal.aborted)
      throw new ParbakeError('INTERRUPTED', 'the scrub was interrupted before anything was removed', {
        cause,
      });
    if (/ENOENT|unrecognized option|unknown option/i.test(text)) return;
    throw new ParbakeError('SCRUB_FAILED', `cannot take the journal off the disk: ${text}`, { cause });
  }
}
