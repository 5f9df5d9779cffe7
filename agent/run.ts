import type { Command, CommandContext, DeferredCommand } from '../proto/process/command.ts';
import type { ExitCode } from '../proto/errors/exit.ts';
import { runProgram } from '../proto/process/program.ts';
import { packageVersion } from '../proto/process/version.ts';

/** Composes the agent's program; see each command for what it makes and owns. */
export function runAgent(
  commands: readonly (Command | DeferredCommand)[],
): (argv: readonly string[], context: CommandContext) => Promise<ExitCode> {
  const program = {
    name: 'parbake-agent',
    version: packageVersion(),
    summary:
      'Bakes container images into a machine image, makes it safe to clone, and runs on every instance.',
    commands,
  };
  return (argv, context) => runProgram(program, argv, context);
}
