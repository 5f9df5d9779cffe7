import { escapeLiteral } from 'pg';
import type { Value } from '../sql/database.ts';

/**
 * A statement of the shared body as PostgreSQL takes it: `?` and `?3` become `$1` and `$3`, and SQLite's hints go, since
 * PostgreSQL chooses indexes by itself. No statement has a question mark in a text.
 */
export function toPostgres(sql: string): string {
  let last = 0;
  return sql
    .replace(/ INDEXED BY \w+/g, '')
    .replace(/\?(\d*)/g, (_, number: string) => `$${number === '' ? ++last : number}`);
}

/**
 * PostgreSQL keeps no NUL in a text, and refuses to read JSON that has one escaped or half of a surrogate pair. What comes
 * from agents may have either; it becomes the replacement character.
 */
export function toPostgresValue(value: Value): Value {
  if (typeof value !== 'string' || !/[\0\\\ud800-\udfff]/.test(value)) return value;
  return value
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
    .replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\ufffd');
}

/** A statement with its values in it, so that several go in one message. */
export function withLiterals(sql: string, values: readonly (string | number)[]): string {
  let next = 0;
  return sql.replaceAll('?', () => {
    const value = values[next++] ?? '';
    return typeof value === 'number' ? String(value) : literal(value);
  });
}

/** A text as it stands in a statement. */
export function literal(value: string): string {
  return escapeLiteral(String(toPostgresValue(value)));
}
