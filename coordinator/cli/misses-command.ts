import { ParbakeError } from '../../proto/errors/errors.ts';
import type { StartReads__Output } from '../../proto/gen/parbake/v1/StartReads.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { missesOf } from '../insight/start-reads.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { lastOf } from './fleet-command.ts';
import { readTimelines } from './read-fleet.ts';

const help = `
Usage: parbake misses --role ROLE [options]

What starts of a role read from their disks although the bake had not recorded it, of all instances together, as one JSON
document on stdout: the file that "parbake-agent bake --misses" takes, so that the next bake's instances read it ahead.
Starts of one bake only; how many there were is said on stderr.

Options:
  --role ROLE             the role
  --bake ID               of this bake (default: the one whose instance checked in last)
  --last N                the N instances that checked in last, 1 to 10000 (default 500)
${connectionHelp}

Example:
  parbake misses --role web > web-misses.json
`;

export const missesCommand: Command = {
  name: 'misses',
  summary: 'What starts read beyond their recording, for the next bake.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake misses', args, {
      ...connectionOptions,
      role: { type: 'string' },
      bake: { type: 'string' },
      last: { type: 'string', default: '500' },
    });
    const { role } = values;
    if (positionals.length > 0) throw new ParbakeError('USAGE', `misses takes no "${positionals[0] ?? ''}"`);
    if (role === undefined) throw new ParbakeError('USAGE', 'misses needs --role ROLE');
    const last = lastOf(values.last);
    const timelines = await withCoordinator(values, context, (clients) =>
      readTimelines(clients, { role, last }, context.signal),
    );
    const all = timelines
      .sort((a, b) => (b.instance.checkInTime?.seconds ?? 0) - (a.instance.checkInTime?.seconds ?? 0))
      .flatMap(({ timeline }) => timeline.reads)
      .filter((reads) => reads.role === role);
    const watched = all.filter(({ unwatched }) => unwatched === '');
    const bake = values.bake ?? watched[0]?.bakeId;
    const [first, ...others] = watched.filter(({ bakeId }) => bakeId === bake);
    if (first === undefined) throw new ParbakeError('MISSES_UNKNOWN', nothing(role, values.bake, all));
    const document = missesOf([first, ...others]);
    const { starts, chunks, files } = document;
    context.stderr.write(
      `${starts} of ${all.length} starts, of bake ${first.bakeId}: ${chunks.length} chunks and ${files.length} files\n`,
    );
    context.stdout.write(`${JSON.stringify(document)}\n`);
    return exitCodes.done;
  },
};

function nothing(role: string, bake: string | undefined, all: readonly StartReads__Output[]): string {
  const why = all.find(({ unwatched }) => unwatched !== '')?.unwatched;
  const of = bake === undefined ? '' : ` of bake ${bake}`;
  return `no start of role ${role}${of} was watched${why === undefined ? '' : `: ${why}`}`;
}
