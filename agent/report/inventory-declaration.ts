import { declare } from '../../proto/process/cli/command.ts';
import { flag } from '../../proto/process/cli/options.ts';

export const inventoryDeclaration = declare({
  name: 'inventory',
  summary: 'Show what this machine is made of.',
  description:
    'Prints the system, processors, memory and disks. It leaves out what the machine does not tell.',
  options: { json: flag('print one JSON document') },
  positionals: {},
  examples: ['parbake-agent inventory'],
});
