import { command } from '../../proto/process/cli/command.ts';
import { text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { assignmentText, attemptsDocument } from './assignment-text.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';

export const assignmentCommand = command(
  {
    name: 'assignment',
    summary: 'Show an assignment and each of its attempts.',
    description:
      'Shows an assignment with its attempts: on which instance each one was, how long it took from its own start, how it ended, whose fault that was, and why.',
    options: {
      requestId: text('ID', 'request id that made it, in place of ASSIGNMENT'),
      ...connectionOptions,
    },
    positionals: { assignment: text('ASSIGNMENT', 'assignment id') },
    examples: ['parbake assignment as-5f0c2a31'],
    settingsFile,
  },
  async (values, context) => {
    const lookup = lookupOf(values.assignment, values.requestId);
    const { assignment } = await withCoordinator(values, context, ({ assignments }) =>
      assignments.getAssignment(lookup),
    );
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    context.stdout.write(
      values.json ? `${JSON.stringify(attemptsDocument(assignment))}\n` : assignmentText(assignment),
    );
    return exitCodes.done;
  },
);

/** @throws ParbakeError USAGE unless exactly one of them is given */
function lookupOf(
  assignmentId: string | undefined,
  requestId: string | undefined,
): { assignmentId: string } | { requestId: string } {
  if (assignmentId !== undefined && requestId === undefined) return { assignmentId };
  if (assignmentId === undefined && requestId !== undefined) return { requestId };
  throw new ParbakeError('USAGE', 'assignment takes either ASSIGNMENT or --request-id');
}
