import type { Command, CommandContext } from '../proto/process/command.ts';
import type { ExitCode } from '../proto/process/exit.ts';
import { runProgram } from '../proto/process/program.ts';
import { packageVersion } from '../proto/version.ts';
import { bakeCommand } from './bake/command.ts';
import { replayCommand } from './replay/command.ts';
import { scrubCommand } from './scrub/scrub-command.ts';
import { verifyCommand } from './scrub/verify-command.ts';
import { runCommand } from './session/run-command.ts';
import { statusCommand } from './session/status-command.ts';

const commands: readonly Command[] = [
  bakeCommand,
  scrubCommand,
  verifyCommand,
  replayCommand,
  runCommand,
  statusCommand,
];

/** Composes the agent's program; see each command for what it makes and owns. */
export function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const program = {
    name: 'parbake-agent',
    version: packageVersion(),
    summary:
      'Bakes container images into a machine image, makes it safe to clone, and runs on every instance.',
    commands,
  };
  return runProgram(program, argv, context);
}
