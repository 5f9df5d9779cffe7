import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { WatchInstancesRequest } from '../../proto/gen/parbake/v1/WatchInstancesRequest.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { withCoordinator } from './client.ts';
import { instanceDocument } from './documents.ts';
import { printable } from '../insight/format.ts';
import { instanceCells, instancesTable } from './instances-table.ts';

/** Milliseconds between two drawings on a terminal: a pool that boots changes faster than anybody reads. */
const redrawInterval = 100;

/**
 * Follows the fleet until the signal aborts: on a terminal one table that is drawn anew, elsewhere a line a change,
 * with --json a document a line. An instance is told again only when its line changed.
 * @throws ParbakeError as the coordinator says when the stream breaks
 */
export async function watchInstances(
  values: Parameters<typeof withCoordinator>[0] & { json: boolean },
  request: WatchInstancesRequest,
  context: CommandContext,
): Promise<ExitCode> {
  const show = values.json ? documents(context) : context.stdout.isTTY ? screen(context) : lines(context);
  await withCoordinator(values, context, async ({ fleet }) => {
    for await (const { instance } of fleet.watchInstances(request, { signal: context.signal }))
      if (instance !== null) show(instance);
  });
  return exitCodes.done;
}

type Show = (instance: Instance__Output) => void;

function documents({ stdout }: CommandContext): Show {
  return unlessSame(
    (instance) => JSON.stringify(instanceDocument(instance)),
    (line) => stdout.write(`${line}\n`),
  );
}

function lines({ stdout }: CommandContext): Show {
  return unlessSame(
    (instance) => instanceCells(instance).map(printable).join('  ').trimEnd(),
    (line) => stdout.write(`${line}\n`),
  );
}

function unlessSame(format: (instance: Instance__Output) => string, write: (line: string) => void): Show {
  const last = new Map<string, string>();
  return (instance) => {
    const line = format(instance);
    if (last.get(instance.instanceId) === line) return;
    last.set(instance.instanceId, line);
    write(line);
  };
}

function screen({ stdout }: CommandContext): Show {
  const known = new Map<string, Instance__Output>();
  let timer: NodeJS.Timeout | undefined;
  let before = '\x1b[2J';
  const draw = (): void => {
    timer = undefined;
    const all = [...known.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
    // From the top, over what is there: clearing first would flicker.
    const text = instancesTable(all).replaceAll('\n', '\x1b[K\n');
    stdout.write(`${before}\x1b[H${text}\x1b[J`);
    before = '';
  };
  return (instance) => {
    known.set(instance.instanceId, instance);
    timer ??= setTimeout(draw, redrawInterval);
    // Ctrl-C must not wait for a drawing.
    timer.unref();
  };
}
