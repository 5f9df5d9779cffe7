import { ParbakeError } from '../../proto/errors/errors.ts';
import type { InstanceState } from '../../proto/gen/parbake/v1/InstanceState.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { instanceStates as states } from '../core/instance-state.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { instanceDocument } from './documents.ts';
import { instancesTable } from './instances-table.ts';
import { watchInstances } from './instances-watch.ts';
import { readInstances } from './read-fleet.ts';

const help = `
Usage: parbake instances [options]

The fleet, by instance id.

Options:
  --role ROLE             only instances that carry this role
  --watch                 stay and follow every change, until Ctrl-C
  --state STATE           only instances in this state: ${states.join(', ')}
${connectionHelp}

Example:
  parbake instances --state READY
`;

export const instancesCommand: Command = {
  name: 'instances',
  summary: 'List the fleet.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake instances', args, {
      ...connectionOptions,
      role: { type: 'string', default: '' },
      state: { type: 'string' },
      watch: { type: 'boolean', default: false },
    });
    if (positionals.length > 0)
      throw new ParbakeError('USAGE', `instances takes no "${positionals[0] ?? ''}"`);
    const wanted = states.find((known) => known === values.state?.toUpperCase());
    if (values.state !== undefined && wanted === undefined)
      throw new ParbakeError('USAGE', `there is no state "${values.state}"; states are ${states.join(', ')}`);
    const state: InstanceState =
      wanted === undefined ? 'INSTANCE_STATE_UNSPECIFIED' : `INSTANCE_STATE_${wanted}`;
    if (values.watch) return await watchInstances(values, { role: values.role, state }, context);
    const instances = await withCoordinator(values, context, (clients) =>
      readInstances(clients, { role: values.role, state }),
    );
    context.stdout.write(
      values.json
        ? `${JSON.stringify({ instances: instances.map(instanceDocument) })}\n`
        : instancesTable(instances),
    );
    return exitCodes.done;
  },
};
