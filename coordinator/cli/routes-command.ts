import type { ListRoutesResponse__Output } from '../../proto/gen/parbake/v1/ListRoutesResponse.ts';
import type { Route__Output } from '../../proto/gen/parbake/v1/Route.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { flag, preset, text } from '../../proto/process/cli/options.ts';
import { settingsFile, withCoordinator, type Clients } from './client.ts';
import { listOptions, listText, outputOf, watchOutputOf } from './listing.ts';
import { publishersText, routeCells, routeHeader, routesDocument } from './routes-text.ts';
import { watchRoutes } from './routes-watch.ts';

const pageSize = 1_000;

export const routesCommand = command(
  {
    name: 'routes',
    summary: 'List host names and where they lead.',
    description: [
      'Lists routes by name, and the publishers that make them visible, with what each is behind.',
    ].join('\n'),
    options: {
      assignment: preset(text('ASSIGNMENT', 'only names of this assignment'), ''),
      watch: flag('print each change until Ctrl-C'),
      ...listOptions,
    },
    positionals: {},
    examples: ['parbake routes --watch'],
    settingsFile,
  },
  async (values, context) => {
    if (values.watch) return await watchRoutes({ ...values, ...watchOutputOf(values) }, context);
    const listed = await withCoordinator(values, context, (clients) =>
      readRoutes(clients, values.assignment),
    );
    context.stdout.write(
      listText(values, {
        header: routeHeader,
        items: listed.routes,
        cellsOf: routeCells,
        document: () => routesDocument(listed),
      }),
    );
    if (outputOf(values) === 'table' && values.columns === undefined)
      context.stdout.write(publishersText(listed));
    return exitCodes.done;
  },
);

async function readRoutes(
  { routes }: Pick<Clients, 'routes'>,
  assignmentId: string,
): Promise<ListRoutesResponse__Output> {
  const all: Route__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await routes.listRoutes({ assignmentId, pageSize, pageToken });
    all.push(...page.routes);
    pageToken = page.nextPageToken;
    if (pageToken === '') return { ...page, routes: all };
  }
}
