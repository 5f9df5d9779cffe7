import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { shownDocument } from './documents.ts';
import { readInstance, type Shown } from './read-instance.ts';
import { showText } from './show-text.ts';
import { watchInstance } from './show-watch.ts';

const help = `
Usage: parbake show INSTANCE [options]

One instance: facts, the history of its states, assignment, where its time went, pulls, starts, disk and network. Bytes
of a step are those of the whole host.

Options:
  --watch                 stay and follow it, until Ctrl-C; with --json a document a line
${connectionHelp}

Example:
  parbake show i-0123456789abcdef0
`;

export const showCommand: Command = {
  name: 'show',
  summary: 'One instance, with its timeline.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake show', args, {
      ...connectionOptions,
      watch: { type: 'boolean', default: false },
    });
    const [instanceId, ...rest] = positionals;
    if (instanceId === undefined || rest.length > 0)
      throw new ParbakeError('USAGE', 'show takes one INSTANCE');
    const { stdout } = context;
    const columns = Math.min(120, Math.max(60, stdout.columns ?? 80));
    const isFine = stdout.isTTY === true;
    const format = (shown: Shown): string =>
      values.json ? `${JSON.stringify(shownDocument(shown))}\n` : showText(shown, columns, isFine);
    if (values.watch) return await watchInstance(values, instanceId, format, context);
    const shown = await withCoordinator(values, context, (clients) => readInstance(clients, instanceId));
    stdout.write(format(shown));
    return exitCodes.done;
  },
};
