import { command } from '../../proto/process/cli/command.ts';
import { duration, required, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { durationOf } from '../../proto/wire/time.ts';
import { stateName } from '../insight/format.ts';
import { attemptsDocument } from './assignment-text.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { timeText } from './documents.ts';

export const extendCommand = command(
  {
    name: 'extend',
    summary: 'Give an assignment more time.',
    description:
      'Sets when an assignment expires, counted from now. One that had no limit gets one. An assignment that has ended is refused.',
    options: {
      ttl: required(duration('how long it lives from now on', { min: 1_000 })),
      ...connectionOptions,
    },
    positionals: { assignment: required(text('ASSIGNMENT', 'assignment id')) },
    examples: ['parbake extend as-5f0c2a31 --ttl 2h'],
    settingsFile,
  },
  async (values, context) => {
    const { assignment: assignmentId, ttl } = values;
    const { assignment } = await withCoordinator(values, context, ({ assignments }) =>
      assignments.extendAssignment({ assignmentId, ttl: durationOf(ttl) }),
    );
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    context.stdout.write(
      values.json
        ? `${JSON.stringify(attemptsDocument(assignment))}\n`
        : `${assignmentId}  ${stateName(assignment.state)}  expires ${timeText(assignment.expireTime) ?? 'never'}\n`,
    );
    return exitCodes.done;
  },
);
