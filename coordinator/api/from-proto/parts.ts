import { ParbakeError, type ErrorCode, type FieldViolation } from '../../../proto/errors/errors.ts';
import { isDuration, millisecondsOf, type ProtoTime } from '../../../proto/wire/time.ts';

/**
 * A client that asks for more than there is at a time gets less, as AIP-158 has it.
 * @param whenAbsent the size when none was asked for
 * @throws ParbakeError REQUEST_INVALID when it is negative
 */
export function sizeFromProto(field: string, size: number, whenAbsent: number, max: number): number {
  if (size < 0) throw invalid(field, `is ${size}, below 0`);
  return Math.min(size === 0 ? whenAbsent : size, max);
}

/**
 * One page of what was read with one more than the page's size.
 * @param tokenOf names the place after an item
 */
export function pageOf<T>(
  found: readonly T[],
  size: number,
  tokenOf: (last: T) => string,
): { items: readonly T[]; nextPageToken: string } {
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  return { items, nextPageToken: last === undefined ? '' : tokenOf(last) };
}

/**
 * The loader gives a value that the enum does not have as its number.
 * @throws ParbakeError REQUEST_INVALID for such a value
 */
export function enumFromProto<Name extends string>(field: string, value: Name | number): Name {
  if (typeof value === 'number') throw invalid(field, `has the unknown value ${value}`);
  return value;
}

/**
 * @returns milliseconds; undefined when absent
 * @throws ParbakeError REQUEST_INVALID for what protobuf does not count as a duration
 */
export function durationFromProto(field: string, value: ProtoTime | null): number | undefined {
  if (value !== null && !isDuration(value)) throw invalid(field, 'is not a valid duration');
  return millisecondsOf(value);
}

export function required(field: string, value: string, maxLength: number): string {
  if (value === '') throw invalid(field, 'is required');
  return bounded(field, value, maxLength);
}

/** @param field its path in the request, such as `env.PATH` */
export function invalid(field: string, problem: string): ParbakeError {
  return refused([{ field, description: problem }]);
}

/** @param violations at least one */
export function refused(
  violations: readonly FieldViolation[],
  code: ErrorCode = 'REQUEST_INVALID',
): ParbakeError {
  const said = violations.slice(0, 3).map(({ field, description }) => `${field} ${description}`);
  const more = violations.length - said.length;
  const message = `${said.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return new ParbakeError(code, message, { violations });
}

/**
 * Reads the parts of a request, so that a client is told about everything that is wrong with it at once.
 * @param readers of each part; each throws what is wrong with it
 * @throws ParbakeError with the violations of all; its code is REQUEST_INVALID when theirs differ
 */
export function readAll<T extends object>(readers: { [K in keyof T]: () => T[K] }): T {
  const read: Partial<T> = {};
  const errors: ParbakeError[] = [];
  for (const part of Object.keys(readers) as (keyof T)[])
    try {
      read[part] = readers[part]();
    } catch (cause) {
      if (!(cause instanceof ParbakeError)) throw cause;
      errors.push(cause);
    }
  const [first, ...others] = errors;
  if (first === undefined) return read as T;
  if (others.length === 0) throw first;
  const violations = errors.flatMap(({ details }) => details.violations ?? []);
  throw refused(violations, others.every(({ code }) => code === first.code) ? first.code : 'REQUEST_INVALID');
}

/** Like `readAll`, for the items of a list. @param read is told the index of the item */
export function readEach<Item, T>(items: readonly Item[], read: (item: Item, index: number) => T): T[] {
  const readers = items.map((item, index) => [index, () => read(item, index)] as const);
  return Object.values(readAll<Record<string, T>>(Object.fromEntries(readers)));
}

/** Like `required`, for what may be empty. */
export function bounded(field: string, value: string, maxLength: number): string {
  if (value.length > maxLength) throw invalid(field, `has more than ${maxLength} characters`);
  return value;
}

/** Text from an instance, cut and without control characters and changes of direction: it ends up on terminals. */
export function printable(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll(/\p{C}+/gu, ' ');
}

/** Whether a text has no more characters, and none that changes what a terminal shows. */
export function isPrintable(text: string, maxLength: number): boolean {
  return text.length <= maxLength && !/\p{C}/u.test(text);
}

/** A text that names something: it is looked up and shown, so it is refused rather than changed. */
export function named(field: string, value: string, maxLength: number): string {
  if (!isPrintable(value, maxLength))
    throw invalid(field, `has more than ${maxLength} characters, or one that cannot be printed`);
  return value;
}

/** Refuses a list that is too long before anything is done with its items. */
export function atMost<T>(field: string, items: readonly T[], max: number): readonly T[] {
  if (items.length > max) throw invalid(field, `has ${items.length} entries, more than ${max}`);
  return items;
}
