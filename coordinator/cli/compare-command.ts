import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { compareTimelines, type StepDifference } from '../insight/timeline.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { table, time } from '../insight/format.ts';
import { readTimeline } from './read-instance.ts';

const help = `
Usage: parbake compare A B [options]

Two instances side by side: every step of both timelines, the largest difference first.

Options:
${connectionHelp}

Example:
  parbake compare i-0123456789abcdef0 i-0fedcba9876543210
`;

/** Differences that are told without --json; smaller ones are counted. */
const mostRows = 25;

export const compareCommand: Command = {
  name: 'compare',
  summary: 'Two instances, and which of their steps differ.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake compare', args, connectionOptions);
    const [a, b, ...rest] = positionals;
    if (a === undefined || b === undefined || rest.length > 0)
      throw new ParbakeError('USAGE', 'compare takes two instances: A B');
    const differences = await withCoordinator(values, context, async (clients) => {
      const [inA, inB] = await Promise.all([a, b].map((id) => readTimeline(clients, id)));
      return compareTimelines(inA?.spans ?? [], inB?.spans ?? []);
    });
    const document = {
      a,
      b,
      steps: differences.map(({ path, aMs, bMs }) => ({ path, a_ms: aMs, b_ms: bMs })),
    };
    context.stdout.write(values.json ? `${JSON.stringify(document)}\n` : text(a, b, differences));
    return exitCodes.done;
  },
};

function text(a: string, b: string, differences: readonly StepDifference[]): string {
  if (differences.length === 0) return 'neither has reported anything yet\n';
  const optional = (ms: number | undefined): string => (ms === undefined ? '-' : time(ms));
  const rows = differences.slice(0, mostRows).map(({ path, aMs, bMs }) => {
    const isBoth = aMs !== undefined && bMs !== undefined;
    const difference = (bMs ?? 0) - (aMs ?? 0);
    return [
      path,
      optional(aMs),
      optional(bMs),
      isBoth
        ? `${difference < 0 ? '-' : '+'}${time(Math.abs(difference))}`
        : `only in ${aMs === undefined ? 'B' : 'A'}`,
    ];
  });
  const more = differences.length - rows.length;
  return `${table(['STEP', `A ${a}`, `B ${b}`, 'B - A'], rows)}${more > 0 ? `and ${more} more that differ less\n` : ''}`;
}
