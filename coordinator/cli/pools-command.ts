import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { table } from '../insight/format.ts';
import { readRoles } from './read-fleet.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';

const help = `
Usage: parbake pools [options]

Each role: how many instances that carry it are ready, being prepared, assigned and failed, and how many requests wait
for one. An instance that carries several roles counts for each.

Options:
${connectionHelp}

Example:
  parbake pools
`;

export const poolsCommand: Command = {
  name: 'pools',
  summary: 'Each role: instances ready, and requests that wait.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake pools', args, connectionOptions);
    if (positionals.length > 0) throw new ParbakeError('USAGE', `pools takes no "${positionals[0] ?? ''}"`);
    const roles = await withCoordinator(values, context, readRoles);
    const pools = roles.map((role) => ({
      role: role.name,
      ready: role.readyInstances,
      preparing: role.preparingInstances,
      assigned: role.assignedInstances,
      failed: role.failedInstances,
      waiting: role.waitingAssignments,
    }));
    const rows = pools.map((pool) => Object.values(pool).map(String));
    context.stdout.write(
      values.json
        ? `${JSON.stringify({ pools })}\n`
        : table(['ROLE', 'READY', 'PREPARING', 'ASSIGNED', 'FAILED', 'WAITING'], rows),
    );
    return exitCodes.done;
  },
};
