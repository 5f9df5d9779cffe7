import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { instanceDocument } from './documents.ts';
import { answered, instanceLine } from './operate.ts';

export const quarantineCommand = command(
  {
    name: 'quarantine',
    summary: 'Put a quarantined instance back into its pool.',
    description:
      'Ends the quarantine of an instance, which then prepares for its pool again. One that had a user never returns to a pool: retire it.',
    options: { clear: flag('end the quarantine'), ...connectionOptions },
    positionals: { instance: required(text('INSTANCE', 'instance id')) },
    examples: ['parbake quarantine --clear i-0123456789abcdef0'],
    settingsFile,
  },
  async (values, context) => {
    const { instance: instanceId } = values;
    if (!values.clear)
      throw new ParbakeError(
        'USAGE',
        'quarantine needs --clear: only the coordinator puts instances into it',
      );
    const instance = answered(
      await withCoordinator(values, context, ({ fleet }) => fleet.clearQuarantine({ instanceId })),
    );
    context.stdout.write(
      values.json ? `${JSON.stringify({ instance: instanceDocument(instance) })}\n` : instanceLine(instance),
    );
    return exitCodes.done;
  },
);
