import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { shownDocument } from './documents.ts';
import { readInstance, type Shown } from './read-instance.ts';
import { showText } from './show-text.ts';
import { watchInstance } from './show-watch.ts';

export const showCommand = command(
  {
    name: 'show',
    summary: 'Show one instance with its timeline.',
    description: [
      'Prints the facts of an instance, the history of its states, its assignment, where its time went, pulls, starts, disk and network. The bytes of a step are those of the whole host.',
    ].join('\n'),
    options: {
      watch: flag('follow it until Ctrl-C; with --json one document per line'),
      ...connectionOptions,
    },
    positionals: { instance: required(text('INSTANCE', 'instance id')) },
    examples: ['parbake show i-0123456789abcdef0'],
    settingsFile,
  },
  async (values, context) => {
    const { instance: instanceId } = values;
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
);
