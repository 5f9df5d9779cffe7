import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** Time limit for a writer to be ready, in milliseconds. It takes a few. */
const deadline = 10_000;

/**
 * Starts the process that writes an order into its FIFO. It outlives the agent, and ends when the FIFO is removed.
 * @param program the gate
 * @param place the directory of the order
 * @param onEnd called when it ends, as long as this agent lives
 * @throws ParbakeError HOLD_UNAVAILABLE with what it said
 */
export async function startWriter(program: string, place: string, onEnd: () => void): Promise<void> {
  const child = spawn(program, ['--hold', place], {
    detached: true,
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.once('exit', onEnd);
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
  const timer = setTimeout(() => child.kill('SIGKILL'), deadline);
  try {
    // It closes this once it is ready, and at its end.
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.stderr.once('end', resolve);
    });
  } catch (cause) {
    throw unavailable(cause instanceof Error ? cause.message : String(cause));
  } finally {
    clearTimeout(timer);
    child.unref();
  }
  if (!existsSync(join(place, 's'))) throw unavailable(said.trim() || 'it ended at once');
}

function unavailable(why: string): ParbakeError {
  return new ParbakeError('HOLD_UNAVAILABLE', `cannot start the writer of an order: ${why.slice(0, 200)}`);
}
