import { command } from '../../proto/process/cli/command.ts';
import { choice, flag, preset, text } from '../../proto/process/cli/options.ts';
import type { InstanceState } from '../../proto/gen/parbake/v1/InstanceState.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { instanceStates as states } from '../core/instance-state.ts';
import { settingsFile, withCoordinator } from './client.ts';
import { instanceDocument } from './documents.ts';
import { instanceCells, instanceHeader } from './instances-table.ts';
import { listOptions, listText, watchOutputOf } from './listing.ts';
import { watchInstances } from './instances-watch.ts';
import { readInstances } from './read-fleet.ts';

export const instancesCommand = command(
  {
    name: 'instances',
    summary: 'List the fleet.',
    description: ['Lists instances by id.'].join('\n'),
    options: {
      role: preset(text('ROLE', 'only instances that carry this role'), ''),
      state: choice(states, 'only instances in this state'),
      watch: flag('follow every change until Ctrl-C'),
      ...listOptions,
    },
    positionals: {},
    examples: ['parbake instances --state READY', 'parbake instances --columns instance,user --sort user'],
    settingsFile,
  },
  async (values, context) => {
    const state: InstanceState =
      values.state === undefined ? 'INSTANCE_STATE_UNSPECIFIED' : `INSTANCE_STATE_${values.state}`;
    if (values.watch) {
      const how = { ...values, ...watchOutputOf(values) };
      return await watchInstances(how, { role: values.role, state }, context);
    }
    const instances = await withCoordinator(values, context, (clients) =>
      readInstances(clients, { role: values.role, state }),
    );
    context.stdout.write(
      listText(values, {
        header: instanceHeader,
        items: instances,
        cellsOf: instanceCells,
        document: () => ({ instances: instances.map(instanceDocument) }),
      }),
    );
    return exitCodes.done;
  },
);
