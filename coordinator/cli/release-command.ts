import { command } from '../../proto/process/cli/command.ts';
import { required, text } from '../../proto/process/cli/options.ts';
import type { AfterRelease__Output } from '../../proto/gen/parbake/v1/AfterRelease.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { assignmentDocument } from './documents.ts';
import { printable, stateName } from '../insight/format.ts';

export const releaseCommand = command(
  {
    name: 'release',
    summary: 'End an assignment.',
    description: [
      'Stops and removes the containers of an assignment. Its instance is not used again. Releasing twice is not an error.',
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
    const { assignment, alreadyReleased, afterRelease } = await withCoordinator(
      values,
      context,
      ({ assignments }) => assignments.release({ assignmentId }, { timeoutMs: deadlines.release }),
    );
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    const document = {
      ...assignmentDocument(assignment),
      already_released: alreadyReleased,
      after_release: afterRelease.replace('AFTER_RELEASE_', ''),
    };
    const note = alreadyReleased ? ' (released before)' : '';
    context.stdout.write(
      values.json
        ? `${JSON.stringify(document)}\n`
        : `${assignmentId}  ${stateName(assignment.state)}${note}\n`,
    );
    const { instanceId = '' } = assignment.attempts.at(-1) ?? {};
    const machine = machineText(afterRelease, printable(instanceId));
    if (machine !== '' && !values.json) context.stderr.write(`${machine}\n`);
    return exitCodes.done;
  },
);

/** @returns what becomes of the machine, as a sentence; empty when that is not known */
function machineText(afterRelease: AfterRelease__Output, instanceId: string): string {
  if (afterRelease === 'AFTER_RELEASE_KEEP')
    return `${instanceId} keeps running once the containers are gone, and is not used again: terminate it, or start its agent with --on-release poweroff.`;
  if (afterRelease === 'AFTER_RELEASE_POWEROFF')
    return `${instanceId} powers itself off once the containers are gone.`;
  if (afterRelease === 'AFTER_RELEASE_EC2_SHUTDOWN_BEHAVIOR')
    return `${instanceId} powers itself off once the containers are gone, and EC2 stops or terminates it by its shutdown behavior.`;
  return '';
}
