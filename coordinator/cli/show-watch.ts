import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { pause } from '../../proto/process/tasks.ts';
import { withCoordinator, type Clients } from './client.ts';

/** Milliseconds: agents sample once a second while something happens. */
const lookInterval = 1000;
/** Milliseconds after a change, since its report comes a little later than the change itself. */
const settleInterval = 200;

/**
 * Follows one instance until the signal aborts: on a terminal drawn anew over what is there, elsewhere written again with
 * every change. Looked at once a second, and sooner when the coordinator tells of a change.
 * @param read what to write
 * @throws ParbakeError as the coordinator says
 */
export async function watchInstance(
  values: Parameters<typeof withCoordinator>[0],
  instanceId: string,
  read: (clients: Clients) => Promise<string>,
  context: CommandContext,
): Promise<ExitCode> {
  const { signal, stdout } = context;
  let last = '';
  const isScreen = stdout.isTTY === true;
  if (isScreen) stdout.write('\x1b[2J');
  await withCoordinator(values, context, async (clients) => {
    const changes = new Changes(clients, instanceId);
    try {
      while (!signal.aborted) {
        changes.forget();
        const text = await read(clients);
        if (signal.aborted) return;
        if (text !== last) stdout.write(isScreen ? screen(text, rowsOf(stdout)) : text);
        last = text;
        await pause(lookInterval, AbortSignal.any([signal, changes.seen]));
        if (changes.seen.aborted) await pause(settleInterval, signal);
      }
    } finally {
      changes.close();
    }
  });
  return exitCodes.done;
}

/** Wakes when the instance changes. Without the stream, changes are only seen a second later. */
class Changes {
  readonly #closed = new AbortController();
  #controller = new AbortController();

  constructor(clients: Pick<Clients, 'fleet'>, instanceId: string) {
    // Reading the instance fails too, and says why.
    this.#watch(clients, instanceId).catch(() => {});
  }

  async #watch({ fleet }: Pick<Clients, 'fleet'>, instanceId: string): Promise<void> {
    for await (const { instance } of fleet.watchInstances({}, { signal: this.#closed.signal }))
      if (instance?.instanceId === instanceId) this.#controller.abort();
  }

  get seen(): AbortSignal {
    return this.#controller.signal;
  }

  forget(): void {
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
  }

  close(): void {
    this.#closed.abort();
  }
}

/** From the top, over what is there, since clearing first would flicker; what is below the screen is cut. */
function screen(text: string, rows: number): string {
  const lines = text.trimEnd().split('\n');
  const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), '… (more below)'];
  return `\x1b[H${fitting.join('\x1b[K\n')}\x1b[K\n\x1b[J`;
}

function rowsOf(stdout: CommandContext['stdout']): number {
  return 'rows' in stdout && typeof stdout.rows === 'number' && stdout.rows > 2 ? stdout.rows : 50;
}
