import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram, type Started } from './processes.ts';
import { waitFor } from './wait.ts';

const program = join(dirname(fileURLToPath(import.meta.url)), '../../coordinator/main.ts');

/**
 * Starts `parbake-coordinator serve` with its store in `directory`, and waits until it listens.
 * @param args options of serve beside --store and --dev
 * @param env added to its environment
 */
export async function startCoordinatorProcess(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const store = `sqlite:${join(directory, 'coordinator.db')}`;
  const started = startProgram(
    process.execPath,
    [program, 'serve', '--dev', '--store', store, ...args],
    // A log of its own for each start, so that one cannot be taken for another.
    join(directory, `coordinator-${randomUUID()}.log`),
    { ...process.env, ...env },
  );
  await waitFor('the coordinator to listen', () => {
    if (started.ended() !== undefined) throw new Error(`the coordinator ended: ${started.log()}`);
    return started.log().includes('"listening"');
  });
  return started;
}
