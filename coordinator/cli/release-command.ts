import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { assignmentDocument } from './documents.ts';
import { stateName } from '../insight/format.ts';

const help = `
Usage: parbake release ASSIGNMENT [options]

Ends an assignment: its containers are stopped and removed, and its instance is not used again. Doing it twice is no
error.

Options:
${connectionHelp}

Example:
  parbake release as-5f0c…
`;

export const releaseCommand: Command = {
  name: 'release',
  summary: 'End an assignment.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake release', args, connectionOptions);
    const [assignmentId, ...rest] = positionals;
    if (assignmentId === undefined || rest.length > 0)
      throw new ParbakeError('USAGE', 'release takes one ASSIGNMENT');
    const { assignment, alreadyReleased } = await withCoordinator(values, context, ({ assignments }) =>
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
};
