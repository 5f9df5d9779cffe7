import { ParbakeError } from '../../errors/errors.ts';
import {
  durationIn,
  instantIn,
  sizeIn,
  wholeNumber,
  type Bounds,
  type SizeUnit,
  type TimeUnit,
} from './amounts.ts';

/** How often a value may be given: at most once, at least once, or any number of times. */
type Times = 'optional' | 'required' | 'many';

/** One option or positional argument: what a person reads about it, and how its texts become a value. */
export interface Option<T> {
  /** One line. */
  readonly help: string;
  /** What stands for the value in the help, such as `FILE`; undefined for a flag, which has none. */
  readonly value: string | undefined;
  readonly times: Times;
  /** Text to use when none is given; it is parsed like any other. */
  readonly preset?: string;
  /** The only texts that it takes, for the help and for completion. */
  readonly choices?: readonly string[];
  /** Also read from the environment and from the settings file. */
  readonly isSetting?: true;
  /** Its short form: `f` for `-f`. */
  readonly letter?: string;
  /**
   * @param texts as given, in order; the preset when there are none. @param name for errors, such as `--role`
   * @throws ParbakeError USAGE
   */
  parse(texts: readonly string[], name: string): T;
}

/** An option that may be left out. */
type Optional<T> = Option<T | undefined>;

/** A switch without a value. */
export function flag(help: string): Option<boolean> {
  return {
    help,
    value: undefined,
    times: 'optional',
    // A flag on the command line has no text; as a setting it has one.
    parse: ([text], name) => text !== undefined && truth(text, name),
  };
}

export function text(value: string, help: string): Optional<string> {
  return one(value, help, (given) => given);
}

/** @param choices the only texts that are allowed */
export function choice<const C extends string>(choices: readonly C[], help: string): Optional<C> {
  const parse = (given: string, name: string): C => {
    const found = choices.find((known) => known.toLowerCase() === given.toLowerCase());
    if (found === undefined)
      throw new ParbakeError('USAGE', `${name} takes ${listed(choices)}, not "${given}"`);
    return found;
  };
  return { ...one(choices.join('|'), help, parse), choices };
}

export function count(help: string, bounds: Bounds = {}, value = 'N'): Optional<number> {
  return one(value, help, (given, name) => wholeNumber(name, given, bounds));
}

/** @returns bytes. @param bare the unit of a number alone */
export function size(help: string, bounds: Bounds = {}, bare: SizeUnit = 'B'): Optional<number> {
  return one('SIZE', help, (given, name) => sizeIn(name, given, bare, bounds));
}

/** @returns milliseconds. @param bare the unit of a number alone */
export function duration(help: string, bounds: Bounds = {}, bare: TimeUnit = 's'): Optional<number> {
  return one('TIME', help, (given, name) => durationIn(name, given, bare, bounds));
}

/** A moment. @returns milliseconds since the epoch */
export function instant(help: string): Optional<number> {
  return one('TIME', help, (given, name) => instantIn(name, given));
}

/** `NAME=VALUE`, any number of times. @returns values by name */
export function pairs(value: string, help: string): Option<Record<string, string>> {
  return {
    help,
    value,
    times: 'many',
    parse: (texts, name) => {
      const result = Object.create(null) as Record<string, string>;
      for (const pair of texts) {
        const sign = pair.indexOf('=');
        if (sign < 1) throw new ParbakeError('USAGE', `${name} takes ${value}, not "${pair}"`);
        result[pair.slice(0, sign)] = pair.slice(sign + 1);
      }
      return result;
    },
  };
}

/** Makes an option that has to be given. */
export function required<T>(option: Optional<T>): Option<T> {
  return {
    ...option,
    times: 'required',
    parse: (texts, name) => {
      const value = option.parse(texts, name);
      if (value === undefined) throw new ParbakeError('USAGE', `${name} is required`);
      return value;
    },
  };
}

/** Gives an option the text that stands for it when it is left out. */
export function preset<T>(option: Optional<T>, preset: string | number): Option<T> {
  return { ...required(option), times: 'optional', preset: String(preset) };
}

/** Allows an option any number of times. */
export function many<T>(option: Optional<T>): Option<T[]> {
  return {
    ...option,
    times: 'many',
    parse: (texts, name) => texts.flatMap((each) => option.parse([each], name) ?? []),
  };
}

/** Reads an option from the environment and the settings file too. */
export function setting<T>(option: Option<T>): Option<T> {
  return { ...option, isSetting: true };
}

/** Gives an option a short form. */
export function short<T>(letter: string, option: Option<T>): Option<T> {
  return { ...option, letter };
}

function one<T>(value: string, help: string, parse: (given: string, name: string) => T): Optional<T> {
  return {
    help,
    value,
    times: 'optional',
    parse: (texts, name) => {
      const last = texts.at(-1);
      return last === undefined ? undefined : parse(last, name);
    },
  };
}

function truth(given: string, name: string): boolean {
  if (['', 'true', 'yes', 'on', '1'].includes(given)) return true;
  if (['false', 'no', 'off', '0'].includes(given)) return false;
  throw new ParbakeError('USAGE', `${name} takes on or off, not "${given}"`);
}

function listed(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}
