import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { ParbakeError } from '../errors/errors.ts';
import { reasonOf } from '../errors/cause.ts';

/** Parses a command's options; whatever does not fit is a USAGE error that says what to type. */
export function parseOptions<const T extends ParseArgsOptionsConfig>(
  command: string,
  args: string[],
  options: T,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (cause) {
    const reason = reasonOf(cause).split('. ')[0];
    throw new ParbakeError('USAGE', `${reason}; see "${command} --help"`, { cause });
  }
}

/** Splits repeated `KEY=VALUE` options into a record; a pair without a key or a sign is a USAGE error. */
export function keyValues(option: string, pairs: readonly string[]): Record<string, string> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const sign = pair.indexOf('=');
    if (sign < 1) throw new ParbakeError('USAGE', `${option} takes KEY=VALUE, not "${pair}"`);
    result[pair.slice(0, sign)] = pair.slice(sign + 1);
  }
  return result;
}
