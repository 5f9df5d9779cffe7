import type { CommandContext } from '../command.ts';
import type { Option } from './options.ts';

/** Options by their name in camel case: `tlsCa` is `--tls-ca`, `PARBAKE_TLS_CA` and `tls-ca` in a settings file. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export type Values<O extends Options> = {
  -readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** Everything that there is to say about one command; parser, help, completion and manual page come from it. */
export interface Declaration<O extends Options = Options, A extends Options = Options> {
  /** As it is typed after the program, such as `bake` or `roles apply`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs, each on one line. */
  readonly description: string;
  readonly options: O;
  /** Positional arguments, in their order. */
  readonly positionals: A;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** More paragraphs, made only for whoever reads them. */
  readonly details?: () => Promise<string> | string;
  /** Refused to any other user, before anything happens. */
  readonly needsRoot?: true;
  /** The file that settings are read from, unless `--config` names another. */
  readonly settingsFile?: SettingsFile;
  /** Where else the command itself finds settings, after that file, for the help: such as `EC2 user data`. */
  readonly moreSources?: readonly string[];
}

export interface SettingsFile {
  /** As the help shows it. */
  readonly shown: string;
  path(given: { root: string | undefined; env: CommandContext['env'] }): string;
}

/** Where a value came from, in the order of precedence. */
export type Origin = 'flag' | 'environment' | 'file' | 'user-data' | 'tag' | 'default';

/** One value as text, and where it came from. */
export interface Setting {
  /** Undefined when there is none. */
  readonly text: string | undefined;
  readonly origin: Origin;
  /** The exact place, such as `PARBAKE_TLS_CA` or `tls-ca in /etc/parbake/agent.conf`; empty for a program's own default. */
  readonly where: string;
}

/** Settings that count after those of the command line, the environment and the settings file. */
export interface SettingSource {
  readonly origin: Origin;
  /** The place of one setting, for errors and for whoever asks where a value came from. @param name such as `tls-ca` */
  readonly where: (name: string) => string;
  /** Texts by name, such as `tls-ca`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Values by the option's name. */
export type Settings = Readonly<Record<string, Setting>>;

/** One subcommand of a program, ready to run. */
export interface Command {
  readonly name: string;
  readonly declaration: Declaration;
  /**
   * Throws a ParbakeError for every expected failure.
   * @returns its exit code, or that of a command which it ran elsewhere
   */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

export interface Program {
  readonly name: string;
  readonly version: string;
  /** One line. */
  readonly summary: string;
  readonly commands: readonly Command[];
  /** Files that it reads or writes, for its manual page: path and what it is. */
  readonly files: Readonly<Record<string, string>>;
}

/** `tlsCa` as it is typed: `tls-ca`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * `tlsCa` as a package presets it, in its unit or its container image: `PARBAKE_DEFAULT_TLS_CA`. Every other source counts
 * before it; `PARBAKE_TLS_CA` there would count before the settings file.
 */
export function packagedDefault(name: string): string {
  return variable(name).replace('PARBAKE_', 'PARBAKE_DEFAULT_');
}

/** `tlsCa` in the environment: `PARBAKE_TLS_CA`. */
export function variable(name: string): string {
  return `PARBAKE_${kebab(name).replaceAll('-', '_').toUpperCase()}`;
}
