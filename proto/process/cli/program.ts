import { ParbakeError } from '../../errors/errors.ts';
import { exitCodes } from '../../errors/exit.ts';
import { nearest } from '../../errors/nearest.ts';
import type { CommandContext } from '../command.ts';
import { builtIns } from './built-ins.ts';
import type { Command, Program } from './declaration.ts';
import { execute, reportFailure, wantsJson } from './execute.ts';

/** Finds the command in the arguments, runs it, and turns whatever it throws into a message and an exit code. */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  const [first, ...others] = argv;
  if (first === '--version') {
    context.stdout.write(`${program.version}\n`);
    return exitCodes.done;
  }
  try {
    if (first === undefined || isHelp(first)) {
      await help(program, [], context);
      return first === undefined ? exitCodes.wrongUse : exitCodes.done;
    }
    if (first === 'help') {
      await help(program, others.some(isHelp) ? ['help'] : others, context);
      return exitCodes.done;
    }
    const { command, args } = find(program, argv);
    if (asksForHelp(args)) {
      await help(program, command.name.split(' '), context);
      return exitCodes.done;
    }
    return await execute(program.name, command, args, context);
  } catch (cause) {
    return reportFailure(program.name, cause, wantsJson(argv), context);
  }
}

/** Whether a command is asked for its help instead of being run. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some(isHelp);
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** @throws ParbakeError USAGE */
function find(program: Program, argv: readonly string[]): { command: Command; args: readonly string[] } {
  const commands = [...program.commands, ...builtIns(program)];
  for (const words of [2, 1]) {
    const command = commands.find(({ name }) => name === argv.slice(0, words).join(' '));
    if (command !== undefined) return { command, args: argv.slice(words) };
  }
  throw unknown(program, argv);
}

/** @param words of a command, or of several that share the first; none for the program. @throws ParbakeError USAGE */
async function help(program: Program, words: readonly string[], { stdout }: CommandContext): Promise<void> {
  const { commandHelp, programHelp } = await import('./help.ts');
  const all = [...program.commands, ...builtIns(program)];
  const columns = Math.min(120, Math.max(60, stdout.columns ?? 100));
  const [command] = all.filter(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
  if (command !== undefined) {
    stdout.write(await commandHelp(program, command.declaration, columns));
    return;
  }
  const listed = words.length === 0 ? all : all.filter(({ name }) => name.startsWith(`${words[0] ?? ''} `));
  if (listed.length === 0) throw unknown(program, words);
  stdout.write(programHelp(program, listed, columns));
}

function unknown(program: Program, words: readonly string[]): ParbakeError {
  const names = [...program.commands, ...builtIns(program)].map(({ name }) => name);
  const [word = ''] = words;
  const below = names.filter((name) => name.startsWith(`${word} `));
  if (below.length > 0) return new ParbakeError('USAGE', `"${word}" needs one of: ${below.join(', ')}`);
  const near = nearest(word, names);
  const hint = near === undefined ? `commands are: ${names.join(', ')}` : `did you mean "${near}"?`;
  return new ParbakeError('USAGE', `there is no command "${word}"; ${hint}`);
}
