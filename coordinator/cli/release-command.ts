import { command } from '../../proto/process/cli/command.ts';
import { required, text } from '../../proto/process/cli/options.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { assignmentDocument } from './documents.ts';
import { stateName } from '../insight/format.ts';

export const releaseCommand = command(
  {
    name: 'release',
    summary: 'End an assignment.',
    description: [
      'Stops and removes the containers of an assignment. Its instance is not used again. Releasing twice is no error.',
    ].join('\n'),
    options: {
      ...connectionOptions,
    },
    positionals: { assignment: required(text('ASSIGNMENT', 'assignment id')) },
    examples: ['parbake release as-5f0c2a31'],
    settingsFile,
  },
  async (values, context) => {
    const { assignment: assignmentId } = values;
    const { assignment, alreadyReleased } = await withCoordinator(values, ({ assignments }) =>
      assignments.release({ assignmentId }, { timeoutMs: deadlines.release }),
    );
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    const document = { ...assignmentDocument(assignment), already_released: alreadyReleased };
    const note = alreadyReleased ? ' (released before)' : '';
    context.stdout.write(
      values.json
        ? `${JSON.stringify(document)}\n`
        : `${assignmentId}  ${stateName(assignment.state)}${note}\n`,
    );
    return exitCodes.done;
  },
);
