import { parseArgs } from 'node:util';
import { reasonOf } from '../../errors/cause.ts';
import { ParbakeError } from '../../errors/errors.ts';
import { nearest } from '../../errors/nearest.ts';
import type { CommandContext } from '../command.ts';
import {
  kebab,
  packagedDefault,
  variable,
  type Declaration,
  type Options,
  type Setting,
  type SettingSource,
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
 * @param more settings for what none of these sets
 * @throws ParbakeError USAGE, FILE_UNREADABLE
 */
export async function readArguments<O extends Options, A extends Options>(
  declaration: Declaration<O, A>,
  args: readonly string[],
  env: CommandContext['env'],
  more: readonly SettingSource[] = [],
): Promise<Given<O, A>> {
  const { options, positionals, name } = declaration;
  const given = splitArguments(declaration, args);
  const sources = [await settingsOf(declaration, given.flags, env), ...more];
  const values: Record<string, unknown> = {};
  const settings: Record<string, Setting> = {};
  for (const [key, option] of Object.entries(options)) {
    const { texts, origin, where } = textsOf(key, option, given.flags, env, sources);
    values[key] = option.parse(texts, where === '' ? `--${kebab(key)}` : where);
    settings[key] = { text: texts.length === 0 ? undefined : texts.join(' '), origin, where };
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
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(option.letter === undefined ? {} : { short: option.letter }),
      },
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

interface Found extends Omit<Setting, 'text'> {
  texts: readonly string[];
}

function textsOf(
  key: string,
  option: Option<unknown>,
  flags: Split['flags'],
  env: CommandContext['env'],
  sources: readonly SettingSource[],
): Found {
  const typed = `--${kebab(key)}`;
  const given = flags.get(key);
  // Templates and shell scripts give an empty text where they have nothing to give.
  const isEmpty = option.value !== undefined && option.times !== 'many' && given?.at(-1) === '';
  const onCommandLine = isEmpty ? undefined : given;
  if (onCommandLine !== undefined) return { texts: onCommandLine, origin: 'flag', where: typed };
  if (option.isSetting) {
    const inEnvironment = textsIn(env, variable(key), option);
    if (inEnvironment !== undefined)
      return { texts: inEnvironment, origin: 'environment', where: variable(key) };
    for (const { origin, where, values } of sources) {
      const texts = values.get(kebab(key));
      if (texts !== undefined) return { texts, origin, where: where(kebab(key)) };
    }
    const packaged = textsIn(env, packagedDefault(key), option);
    if (packaged !== undefined) return { texts: packaged, origin: 'default', where: packagedDefault(key) };
  }
  return { texts: option.preset === undefined ? [] : [option.preset], origin: 'default', where: '' };
}

function textsIn(
  env: CommandContext['env'],
  name: string,
  { times }: Option<unknown>,
): readonly string[] | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  return times === 'many' ? text.trim().split(/\s+/) : [text];
}

async function settingsOf(
  { options, settingsFile }: Declaration,
  flags: Split['flags'],
  env: CommandContext['env'],
): Promise<SettingSource> {
  const source = (path: string, values: SettingSource['values']): SettingSource => ({
    origin: 'file',
    where: (name) => `${name} in ${path}`,
    values,
  });
  if (settingsFile === undefined) return source('', new Map());
  const named = flags.get('config')?.at(-1) ?? (env['PARBAKE_CONFIG'] || undefined);
  const path = named ?? settingsFile.path({ root: flags.get('root')?.at(-1), env });
  const known = Object.entries(options).flatMap(([key, option]) => (option.isSetting ? [kebab(key)] : []));
  return source(path, await readSettingsFile(path, named !== undefined, known));
}
