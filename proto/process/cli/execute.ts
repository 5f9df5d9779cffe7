import { toParbakeError } from '../../errors/errors.ts';
import type { ExitCode } from '../../errors/exit.ts';
import type { CommandContext } from '../command.ts';
import { terminalText } from '../terminal-text.ts';
import type { Command } from './declaration.ts';

/** Runs one command, and turns whatever it throws into a message and an exit code. */
export async function execute(
  program: string,
  command: Command,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await command.run(args, context);
  } catch (cause) {
    return reportFailure(program, cause, wantsJson(args), context);
  }
}

/** Whether a program reads what is printed, as far as the arguments can be read at all. */
export function wantsJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      arg === '--json' || arg === '--output=json' || (arg === '--output' && args[index + 1] === 'json'),
  );
}

/** Says what failed, why and what to do; with `json` as one document on stdout too. */
export function reportFailure(
  program: string,
  cause: unknown,
  json: boolean,
  { stdout, stderr }: CommandContext,
): ExitCode {
  const error = toParbakeError(cause);
  // A message may repeat what a coordinator, an image or an application said.
  stderr.write(`${program}: ${terminalText(error.message)} [${error.code}]\n`);
  if (error.action !== '') stderr.write(`  ${error.action}\n`);
  if (error.code === 'INTERNAL' && error.cause instanceof Error) stderr.write(`${error.cause.stack ?? ''}\n`);
  if (json) stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
  return error.exitCode;
}
