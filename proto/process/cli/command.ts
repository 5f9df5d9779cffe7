import { ParbakeError } from '../../errors/errors.ts';
import type { CommandContext } from '../command.ts';
import { readArguments, type Given } from './arguments.ts';
import type { Command, Declaration, Options, Settings, SettingSource, Values } from './declaration.ts';

/**
 * Reads the arguments, the environment and the settings file again, for a daemon whose settings may arrive late.
 * @throws ParbakeError USAGE, FILE_UNREADABLE
 */
export type ReadAgain<O extends Options, A extends Options> = (
  env: CommandContext['env'],
  more: readonly SettingSource[],
) => Promise<Given<O, A>>;

/** Joins a declaration with what the command does, which gets its values parsed and checked. */
export function command<const O extends Options, const A extends Options>(
  declaration: Declaration<O, A>,
  run: (
    values: Values<O> & Values<A>,
    context: CommandContext,
    settings: Settings,
    readAgain: ReadAgain<O, A>,
  ) => Promise<number>,
): Command {
  return {
    name: declaration.name,
    declaration,
    async run(args, context) {
      const { values, settings } = await readArguments(declaration, args, context.env);
      if (declaration.needsRoot && !context.isRoot)
        throw new ParbakeError(
          'NOT_ROOT',
          `${declaration.name} needs root: it reads and changes the whole system`,
        );
      const readAgain: ReadAgain<O, A> = (env, more) => readArguments(declaration, args, env, more);
      return await run(values, context, settings, readAgain);
    },
  };
}

/** A command whose code is loaded when it is called: most of it belongs to one command. */
export function deferred(declaration: Declaration, load: () => Promise<Command>): Command {
  return {
    name: declaration.name,
    declaration,
    run: async (args, context) => await (await load()).run(args, context),
  };
}

/** Keeps the types of a declaration that stands apart from what the command does. */
export function declare<const O extends Options, const A extends Options>(
  declaration: Declaration<O, A>,
): Declaration<O, A> {
  return declaration;
}

/** What a declared command reads again. */
export type ReadAgainOf<D> = D extends Declaration<infer O, infer A> ? ReadAgain<O, A> : never;

/** What a declared command is given. */
export type ValuesOf<D> = D extends Declaration<infer O, infer A> ? Values<O> & Values<A> : never;
