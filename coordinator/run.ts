import type { CommandContext } from '../proto/process/command.ts';
import type { ExitCode } from '../proto/errors/exit.ts';
import { runProgram } from '../proto/process/program.ts';
import { packageVersion } from '../proto/process/version.ts';
import { serveCommand } from './serve/serve-command.ts';

/** Composes the coordinator's program. */
export function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const program = {
    name: 'parbake-coordinator',
    version: packageVersion(),
    summary: 'Agents check in with it; it gives instances to users, exactly once.',
    commands: [serveCommand],
  };
  return runProgram(program, argv, context);
}
