import type {
  BooleanValue,
  EitherValue,
  EntriesValue,
  IntegerValue,
  Keys,
  ListValue,
  Section,
  SectionValue,
  TextValue,
  Value,
} from './value.ts';

// What the tables of keys are written with.

export const boolean: BooleanValue = { kind: 'boolean' };
export const port: IntegerValue = { kind: 'integer', min: 1, max: 65_535 };

export function list<V extends Value>(of: V, item: string): ListValue<V> {
  return { kind: 'list', of, item };
}

export function section<K extends Keys>(of: Section<K>): SectionValue<K> {
  return { kind: 'section', section: of };
}

/** A value that may be written in several shapes. */
export function either<
  S extends TextValue = never,
  L extends ListValue = never,
  M extends SectionValue | EntriesValue = never,
>(shapes: { text?: S; list?: L; mapping?: M }): EitherValue<S, L, M> {
  return { kind: 'either', ...shapes };
}

/** Gives a section the type of its keys. */
export function declared<K extends Keys>(of: Section<K>): Section<K> {
  return of;
}
