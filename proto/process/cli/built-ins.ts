import { exitCodes } from '../../errors/exit.ts';
import { command } from './command.ts';
import type { Command, Program } from './declaration.ts';
import { choice, required, text } from './options.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

/** The commands that every program has. */
export function builtIns(program: Program): Command[] {
  return [
    command(
      {
        name: 'help',
        summary: 'Explain the program or one command.',
        description: 'Prints what --help prints.',
        options: {},
        positionals: { command: text('COMMAND', 'command to explain') },
        examples: [`${program.name} help`],
      },
      // The program answers "help" itself: it knows the other commands.
      () => Promise.resolve(exitCodes.done),
    ),
    command(
      {
        name: 'completion',
        summary: 'Print the completion script of a shell.',
        description: 'Prints a script that completes commands, options and their values.',
        options: {},
        positionals: { shell: required(choice(shells, 'shell to complete in')) },
        examples: [`source <(${program.name} completion bash)`],
      },
      async ({ shell }, { stdout }) => {
        const { completionScript } = await import('./completion.ts');
        stdout.write(completionScript(program, shell));
        return exitCodes.done;
      },
    ),
    command(
      {
        name: 'man',
        summary: 'Print the manual page.',
        description: 'Prints the manual page of this program in roff.',
        options: {},
        positionals: {},
        examples: [`${program.name} man | man -l -`],
      },
      async (_, { stdout }) => {
        const { manualPage } = await import('./man-page.ts');
        stdout.write(await manualPage(program));
        return exitCodes.done;
      },
    ),
  ];
}
