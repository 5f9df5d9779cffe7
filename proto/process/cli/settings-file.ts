import { readFile } from 'node:fs/promises';
import { codeOf, reasonOf } from '../../errors/cause.ts';
import { ParbakeError } from '../../errors/errors.ts';
import { nearest } from '../../errors/nearest.ts';

/**
 * Reads a settings file: `name = value` on each line, names as on the command line without their dashes; `#` begins a
 * comment line. A name that stands on several lines has several values.
 * @param isNamed whether a person named the file, so that it has to be there
 * @throws ParbakeError FILE_UNREADABLE, USAGE
 */
export async function readSettingsFile(
  path: string,
  isNamed: boolean,
  known: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!isNamed && codeOf(cause) === 'ENOENT') return new Map();
    throw new ParbakeError('FILE_UNREADABLE', `cannot read the settings in ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  return parseSettings(text, path, known);
}

/** @throws ParbakeError USAGE with the file and the line */
export function parseSettings(
  text: string,
  path: string,
  known: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = /^\s*([a-z][a-z0-9-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const refuse = (message: string): never => {
      throw new ParbakeError('USAGE', `${path}:${index + 1}: ${message}`);
    };
    // The line itself is not repeated: it may hold a secret.
    if (name === undefined) return refuse('a setting is "name = value"');
    if (!known.includes(name)) {
      const near = nearest(name, known);
      return refuse(
        `unknown setting "${name}"; ${near === undefined ? `settings are ${known.join(', ')}` : `did you mean "${near}"?`}`,
      );
    }
    values.set(name, [...(values.get(name) ?? []), withoutQuotes(value)]);
  }
  return values;
}

function withoutQuotes(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
