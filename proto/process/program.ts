import { ParbakeError, toParbakeError } from '../errors/errors.ts';
import type { Command, CommandContext, DeferredCommand } from './command.ts';
import { exitCodes, type ExitCode } from '../errors/exit.ts';

export interface Program {
  name: string;
  version: string;
  summary: string;
  commands: readonly (Command | DeferredCommand)[];
}

/** Picks the subcommand, runs it, and turns whatever it throws into a message and an exit code. */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const [name, ...args] = argv;
  if (name === '--version') {
    context.stdout.write(`${program.version}\n`);
    return exitCodes.done;
  }
  if (name === undefined || name === '--help' || name === 'help') {
    context.stdout.write(programHelp(program));
    return name === undefined ? exitCodes.wrongUse : exitCodes.done;
  }
  const entry = program.commands.find((candidate) => candidate.name === name);
  try {
    if (entry === undefined) {
      const known = program.commands.map((candidate) => candidate.name).join(', ');
      throw new ParbakeError('USAGE', `there is no command "${name}"; commands are: ${known}`);
    }
    const command = 'load' in entry ? await entry.load() : entry;
    if (args.includes('--help')) {
      context.stdout.write(`${command.help.trim()}\n`);
      return exitCodes.done;
    }
    return await command.run(args, context);
  } catch (cause) {
    return reportFailure(program.name, cause, args.includes('--json'), context);
  }
}

function programHelp(program: Program): string {
  const width = Math.max(...program.commands.map((command) => command.name.length));
  const lines = program.commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `${program.summary}\n\nUsage: ${program.name} COMMAND [options]\n\nCommands:\n${lines.join('\n')}\n\n${program.name} COMMAND --help explains one.\n`;
}

function reportFailure(name: string, cause: unknown, json: boolean, context: CommandContext): ExitCode {
  const error = toParbakeError(cause);
  context.stderr.write(`${name}: ${error.message} [${error.code}]\n`);
  if (error.action !== '') context.stderr.write(`  ${error.action}\n`);
  if (error.code === 'INTERNAL' && error.cause instanceof Error)
    context.stderr.write(`${error.cause.stack ?? ''}\n`);
  if (json) context.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
  return error.exitCode;
}
