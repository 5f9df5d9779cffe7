import { command } from '../../proto/process/cli/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRoles } from './read-fleet.ts';
import { settingsFile, withCoordinator } from './client.ts';
import { listOptions, listText } from './listing.ts';

export const poolsCommand = command(
  {
    name: 'pools',
    summary: 'Count instances and waiting requests by role.',
    description: [
      'For each role, prints how many instances that carry it are ready, preparing, assigned and failed, and how many requests wait for one. An instance that carries several roles counts for each.',
    ].join('\n'),
    options: listOptions,
    positionals: {},
    examples: ['parbake pools'],
    settingsFile,
  },
  async (values, context) => {
    const roles = await withCoordinator(values, context, readRoles);
    const pools = roles.map((role) => ({
      role: role.name,
      ready: role.readyInstances,
      preparing: role.preparingInstances,
      assigned: role.assignedInstances,
      failed: role.failedInstances,
      silent: role.silentInstances,
      lost: role.lostInstances,
      waiting: role.waitingAssignments,
    }));
    context.stdout.write(
      listText(values, {
        header: ['ROLE', 'READY', 'PREPARING', 'ASSIGNED', 'FAILED', 'SILENT', 'LOST', 'WAITING'],
        items: pools,
        cellsOf: (pool) => Object.values(pool).map(String),
        document: () => ({ pools }),
      }),
    );
    return exitCodes.done;
  },
);
