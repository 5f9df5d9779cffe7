import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { printable } from '../insight/format.ts';
import { withCoordinator } from './client.ts';
import { routeCells, routeDocument } from './routes-text.ts';

/**
 * Prints each route, and then each that changes, until the signal aborts: a line, or with --json a document a line.
 * @throws ParbakeError as the coordinator says when the stream breaks
 */
export async function watchRoutes(
  values: Parameters<typeof withCoordinator>[0] & { json: boolean; assignment: string },
  context: CommandContext,
): Promise<ExitCode> {
  await withCoordinator(values, context, async ({ routes }) => {
    for await (const { routes: changed } of routes.watchRoutes({}, { signal: context.signal }))
      for (const route of changed) {
        if (values.assignment !== '' && route.assignmentId !== values.assignment) continue;
        const line = values.json
          ? JSON.stringify(routeDocument(route))
          : routeCells(route).map(printable).join('  ').trimEnd();
        context.stdout.write(`${line}\n`);
      }
  });
  return exitCodes.done;
}
