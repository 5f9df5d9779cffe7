import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { ListAssignmentsRequest } from '../../proto/gen/parbake/v1/ListAssignmentsRequest.ts';
import { command } from '../../proto/process/cli/command.ts';
import { choice, count, flag, preset, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { assignmentStates } from '../core/assignment-state.ts';
import { assignmentCells, assignmentHeader, attemptsDocument } from './assignment-text.ts';
import { settingsFile, withCoordinator, type Clients } from './client.ts';
import { listOptions, listText } from './listing.ts';

/** The API's largest page. */
const maxPage = 1_000;

export const assignmentsCommand = command(
  {
    name: 'assignments',
    summary: 'List assignments: who has which instance.',
    description:
      'Lists assignments, newest first. Those that have ended stay in the list until retention removes them. Filters are combined.',
    options: {
      user: preset(text('USER', 'only of this user'), ''),
      role: preset(text('ROLE', 'only of this role'), ''),
      environment: preset(text('NAME', 'only of this environment'), ''),
      instance: preset(text('INSTANCE', 'only on this instance'), ''),
      state: choice(assignmentStates, 'only in this state'),
      live: flag('only those that have not ended'),
      last: preset(count('at most the newest N', { min: 1, max: 100_000 }), 100),
      ...listOptions,
    },
    positionals: {},
    examples: ['parbake assignments --user alice --live', 'parbake assignments --role web --state FAILED'],
    settingsFile,
  },
  async (values, context) => {
    const { user, role, environment, instance: instanceId, live: liveOnly, state, last } = values;
    const filter = {
      user,
      role,
      environment,
      instanceId,
      liveOnly,
      ...(state === undefined ? {} : { state: `ASSIGNMENT_STATE_${state}` as const }),
    };
    const { assignments, hasMore } = await withCoordinator(values, context, (clients) =>
      readAssignments(clients, filter, last),
    );
    context.stdout.write(
      listText(values, {
        header: assignmentHeader,
        items: assignments,
        cellsOf: assignmentCells,
        document: () => ({ assignments: assignments.map(attemptsDocument), has_more: hasMore }),
      }),
    );
    if (hasMore) context.stderr.write(`There are older ones: --last N lists more than ${last}.\n`);
    return exitCodes.done;
  },
);

/** The newest `last` that match. */
async function readAssignments(
  { assignments }: Pick<Clients, 'assignments'>,
  filter: ListAssignmentsRequest,
  last: number,
): Promise<{ assignments: Assignment__Output[]; hasMore: boolean }> {
  const all: Assignment__Output[] = [];
  for (let pageToken = ''; ;) {
    const pageSize = Math.min(maxPage, last - all.length);
    const page = await assignments.listAssignments({ ...filter, pageSize, pageToken });
    all.push(...page.assignments);
    const hasMore = page.nextPageToken !== '';
    if (!hasMore || all.length >= last) return { assignments: all, hasMore };
    pageToken = page.nextPageToken;
  }
}
