import { command } from '../../proto/process/cli/command.ts';
import { required, text } from '../../proto/process/cli/options.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import type { ReportedReads } from '../../proto/wire/telemetry.ts';
import { missesOf } from '../insight/start-reads.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { lastInstances, readTimelines } from './read-fleet.ts';

export const missesCommand = command(
  {
    name: 'misses',
    summary: 'Collect what starts read beyond their recording.',
    description: [
      'Prints what the starts of a role read from their disks although the bake had not recorded it, over all instances, as one JSON document. "parbake-agent bake --misses" takes it, so that instances of the next bake read it ahead. Only starts of one bake count; stderr says how many there were.',
    ].join('\n'),
    options: {
      role: required(text('ROLE', 'role whose starts count')),
      bake: text('ID', 'bake whose instances count (default: that of the instance that checked in last)'),
      last: lastInstances,
      ...connectionOptions,
    },
    positionals: {},
    examples: ['parbake misses --role web > web-misses.json'],
    settingsFile,
  },
  async (values, context) => {
    const { role, last } = values;
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
);

function nothing(role: string, bake: string | undefined, all: readonly ReportedReads[]): string {
  const why = all.find(({ unwatched }) => unwatched !== '')?.unwatched;
  const of = bake === undefined ? '' : ` of bake ${bake}`;
  return `no start of role ${role}${of} was watched${why === undefined ? '' : `: ${why}`}`;
}
