import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram, type Started } from './processes.ts';
import { waitFor } from './wait.ts';

const sources = join(dirname(fileURLToPath(import.meta.url)), '../../coordinator/main.ts');

/** A coordinator, with the addresses that it says it listens on. */
export interface CoordinatorProcess extends Started {
  /** `host:port` of each --listen, then of each --tls-listen. */
  readonly addresses: readonly string[];
  /** Addresses of each --http, then of each --https. */
  readonly urls: readonly string[];
  /** `host:port` of --webhook-listen; empty without it. */
  readonly webhook: string;
}

export interface CoordinatorProcessOptions {
  /** Added to its environment. */
  env?: Readonly<Record<string, string>>;
  /** Another than the sources, such as a bundle. */
  program?: string;
  /** Another than a file in `directory`. */
  store?: string;
}

/**
 * Starts `parbake-coordinator serve` with its store in `directory`, and waits until it listens.
 * @param args options of serve beside --store and --dev; on port 0 it takes a free one
 */
export async function startCoordinatorProcess(
  directory: string,
  args: readonly string[],
  {
    env = {},
    program = sources,
    store = `sqlite:${join(directory, 'coordinator.db')}`,
  }: CoordinatorProcessOptions = {},
): Promise<CoordinatorProcess> {
  const started = startProgram(
    process.execPath,
    [program, 'serve', '--dev', '--store', store, ...args],
    // A log of its own for each start, so that one cannot be taken for another.
    join(directory, `coordinator-${randomUUID()}.log`),
    { ...process.env, ...env },
  );
  const listening = await waitFor('the coordinator to listen', () => {
    if (started.ended() !== undefined) throw new Error(`the coordinator ended: ${started.log()}`);
    // The last line may not be whole yet.
    const lines = started.log().split('\n').slice(0, -1);
    return lines.find((line) => line.includes('"listening"'));
  });
  const {
    addresses,
    urls,
    webhook = '',
  } = JSON.parse(listening) as {
    addresses: string[];
    urls: string[];
    webhook?: string;
  };
  return { ...started, addresses, urls, webhook };
}
