import { command } from '../../proto/process/cli/command.ts';
import { required, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { compareTimelines, type StepDifference } from '../insight/timeline.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { table, time } from '../insight/format.ts';
import { readTimeline } from './read-instance.ts';

/** Differences that are listed without --json. Smaller ones are counted. */
const maxRows = 25;

export const compareCommand = command(
  {
    name: 'compare',
    summary: 'Compare the steps of two instances.',
    description: ['Prints every step of both timelines, the largest difference first.'].join('\n'),
    options: {
      ...connectionOptions,
    },
    positionals: { a: required(text('A', 'first instance')), b: required(text('B', 'second instance')) },
    examples: ['parbake compare i-0123456789abcdef0 i-0fedcba9876543210'],
    settingsFile,
  },
  async (values, context) => {
    const { a, b } = values;
    const differences = await withCoordinator(values, context, async (clients) => {
      const [inA, inB] = await Promise.all([a, b].map((id) => readTimeline(clients, id)));
      return compareTimelines(inA?.spans ?? [], inB?.spans ?? []);
    });
    const document = {
      a,
      b,
      steps: differences.map(({ path, aMs, bMs }) => ({ path, a_ms: aMs, b_ms: bMs })),
    };
    context.stdout.write(values.json ? `${JSON.stringify(document)}\n` : comparisonText(a, b, differences));
    return exitCodes.done;
  },
);

function comparisonText(a: string, b: string, differences: readonly StepDifference[]): string {
  if (differences.length === 0) return 'neither has reported anything yet\n';
  const optional = (ms: number | undefined): string => (ms === undefined ? '-' : time(ms));
  const rows = differences.slice(0, maxRows).map(({ path, aMs, bMs }) => {
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
