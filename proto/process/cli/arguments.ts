import { parseArgs } from 'node:util';
import { reasonOf } from '../../errors/cause.ts';
import { ParbakeError } from '../../errors/errors.ts';
import { nearest } from '../../errors/nearest.ts';
import type { CommandContext } from '../command.ts';
import {
  kebab,
  variable,
  type Declaration,
  type Options,
  type Origin,
  type Settings,
  type Values,
} from './declaration.ts';
import type { Option } from './options.ts';
import { readSettingsFile } from './settings-file.ts';

export interface Given<O extends Options, A extends Options> {
  values: Values<O> & Values<A>;
  /** Every option as text, with where it came from. */
  settings: Settings;
}

/**
 * Reads a command's arguments, and its settings from the environment and the settings file, in this order.
 * @throws ParbakeError USAGE, FILE_UNREADABLE
 */
export async function readArguments<O extends Options, A extends Options>(
  declaration: Declaration<O, A>,
  args: readonly string[],
  env: CommandContext['env'],
): Promise<Given<O, A>> {
  const { options, positionals, name } = declaration;
  const given = splitArguments(declaration, args);
  const file = await settingsOf(declaration, given.flags, env);
  const values: Record<string, unknown> = {};
  const settings: Record<string, { text: string | undefined; origin: Origin }> = {};
  for (const [key, option] of Object.entries(options)) {
    const { texts, origin, where } = textsOf(key, option, given.flags, env, file);
    values[key] = option.parse(texts, where);
    settings[key] = { text: texts.length === 0 ? undefined : texts.join(' '), origin };
  }
  let rest = given.positionals;
  for (const [key, option] of Object.entries(positionals)) {
    const taken = option.times === 'many' ? rest : rest.slice(0, 1);
    rest = rest.slice(taken.length);
    const label = option.value ?? key;
    if (taken.length === 0 && option.times === 'required')
      throw new ParbakeError('USAGE', `${name} needs ${label}`);
    values[key] = option.parse(
      taken.length === 0 && option.preset !== undefined ? [option.preset] : taken,
      label,
    );
  }
  const [extra] = rest;
  if (extra !== undefined) throw new ParbakeError('USAGE', `unexpected argument "${extra}" after ${name}`);
  return { values: values as Given<O, A>['values'], settings };
}

interface Split {
  flags: ReadonlyMap<string, readonly string[]>;
  positionals: readonly string[];
}

/** Options by their names, each with its texts. */
function splitArguments({ name, options }: Declaration, args: readonly string[]): Split {
  const known = new Map(Object.entries(options).map(([key, option]) => [kebab(key), { key, option }]));
  const config = Object.fromEntries(
    [...known].map(([typed, { option }]) => [
      typed,
      { type: option.value === undefined ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  );
  const unknown = args
    .slice(0, args.includes('--') ? args.indexOf('--') : undefined)
    .map((arg) => /^--([^=]+)/.exec(arg)?.[1])
    .find((typed) => typed !== undefined && !known.has(typed));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: config,
      allowPositionals: true,
      strict: true,
    });
    const flags = Object.entries(values).map(
      ([typed, texts]) =>
        [
          known.get(typed)?.key ?? typed,
          [texts].flat().map((each) => (each === true ? '' : String(each))),
        ] as const,
    );
    return { flags: new Map(flags), positionals };
  } catch (cause) {
    const near = unknown === undefined ? undefined : nearest(unknown, [...known.keys()]);
    const reason = reasonOf(cause).split('. ')[0] ?? '';
    const hint = near === undefined ? '' : `; did you mean --${near}?`;
    throw new ParbakeError('USAGE', `${name}: ${reason}${hint}`, { cause });
  }
}

interface Source {
  texts: readonly string[];
  origin: Origin;
  /** For errors. */
  where: string;
}

function textsOf(
  key: string,
  option: Option<unknown>,
  flags: Split['flags'],
  env: CommandContext['env'],
  file: FileSettings,
): Source {
  const typed = `--${kebab(key)}`;
  const given = flags.get(key);
  // Templates and shell scripts give an empty text where they have nothing to give.
  const isEmpty = option.value !== undefined && option.times !== 'many' && given?.at(-1) === '';
  const onCommandLine = isEmpty ? undefined : given;
  if (onCommandLine !== undefined) return { texts: onCommandLine, origin: 'flag', where: typed };
  if (option.isSetting) {
    const inEnvironment = env[variable(key)] ?? '';
    if (inEnvironment !== '') {
      const texts = option.times === 'many' ? inEnvironment.trim().split(/\s+/) : [inEnvironment];
      return { texts, origin: 'environment', where: variable(key) };
    }
    const inFile = file.values.get(kebab(key));
    if (inFile !== undefined)
      return { texts: inFile, origin: 'file', where: `${kebab(key)} in ${file.path}` };
  }
  return { texts: option.preset === undefined ? [] : [option.preset], origin: 'default', where: typed };
}

interface FileSettings {
  path: string;
  values: ReadonlyMap<string, readonly string[]>;
}

async function settingsOf(
  { options, settingsFile }: Declaration,
  flags: Split['flags'],
  env: CommandContext['env'],
): Promise<FileSettings> {
  if (settingsFile === undefined) return { path: '', values: new Map() };
  const named = flags.get('config')?.at(-1) ?? (env['PARBAKE_CONFIG'] || undefined);
  const path = named ?? settingsFile.path({ root: flags.get('root')?.at(-1), env });
  const known = Object.entries(options).flatMap(([key, option]) => (option.isSetting ? [kebab(key)] : []));
  return { path, values: await readSettingsFile(path, named !== undefined, known) };
}
