import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator, type Clients } from './client.ts';
import { shownDocument } from './documents.ts';
import { printable } from '../insight/format.ts';
import { onClock } from '../insight/timeline.ts';
import { answerOf, readUsual } from './read-answer.ts';
import { readInstance } from './read-instance.ts';
import { showText } from './show-text.ts';
import { watchInstance } from './show-watch.ts';

export const showCommand = command(
  {
    name: 'show',
    summary: 'Show one instance with its timeline.',
    description: [
      'Begins with one sentence: how long the user of the instance waited, for what, and how that compares with the median of the role. Then come the facts of the instance, where its time went, the history of its states, pulls, starts, disk and network. The bytes of a step are those of the whole host.',
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
    const read = async (clients: Clients): Promise<string> => {
      const shown = await readInstance(clients, instanceId);
      const { assignment, timeline } = shown;
      const usual = assignment === null ? undefined : await readUsual(clients, assignment.role);
      const answer =
        assignment === null
          ? undefined
          : answerOf(assignment, onClock(timeline.spans, timeline.clock?.offsetMs ?? 0), usual, Date.now());
      if (values.json)
        return `${JSON.stringify({ ...(answer === undefined ? {} : { answer }), ...shownDocument(shown) })}\n`;
      return `${answer === undefined ? '' : `${printable(answer)}\n\n`}${showText(shown, columns, isFine)}`;
    };
    if (values.watch) return await watchInstance(values, instanceId, read, context);
    stdout.write(await withCoordinator(values, context, read));
    return exitCodes.done;
  },
);
