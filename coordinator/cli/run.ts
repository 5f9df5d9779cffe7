import type { CommandContext } from '../../proto/process/command.ts';
import type { ExitCode } from '../../proto/errors/exit.ts';
import { runProgram } from '../../proto/process/program.ts';
import { packageVersion } from '../../proto/process/version.ts';
import { adviseCommand } from './advise-command.ts';
import { assignCommand } from './assign-command.ts';
import { compareCommand } from './compare-command.ts';
import { eventsCommand } from './events-command.ts';
import { exportCommand } from './export-command.ts';
import { fleetCommand } from './fleet-command.ts';
import { instancesCommand } from './instances-command.ts';
import { missesCommand } from './misses-command.ts';
import { poolsCommand } from './pools-command.ts';
import { releaseCommand } from './release-command.ts';
import { rolesCommand } from './roles-command.ts';
import { showCommand } from './show-command.ts';

/** Composes the operator's program. */
export function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const program = {
    name: 'parbake',
    version: packageVersion(),
    summary: 'Looks at the fleet and gives instances to users.',
    commands: [
      instancesCommand,
      showCommand,
      compareCommand,
      fleetCommand,
      poolsCommand,
      eventsCommand,
      exportCommand,
      missesCommand,
      adviseCommand,
      assignCommand,
      releaseCommand,
      rolesCommand,
    ],
  };
  return runProgram(program, argv, context);
}
