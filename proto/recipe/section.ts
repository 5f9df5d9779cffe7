import type { Node } from 'yaml';
import { nearest } from '../errors/nearest.ts';
import type { Entry, RecipeSource } from './source.ts';
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

/** A value with its place. */
export interface Read<T> {
  value: T;
  node: Node;
}

/** An entry of a mapping with free names. */
export interface ReadEntry<T> extends Read<T> {
  name: string;
  keyNode: Node;
}

/** What reading a value gives. */
export type ValueOf<V> =
  V extends TextValue<infer T>
    ? T
    : V extends IntegerValue
      ? number
      : V extends BooleanValue
        ? boolean
        : V extends ListValue<infer I>
          ? Read<ValueOf<I>>[]
          : V extends SectionValue<infer K>
            ? SectionReader<K>
            : V extends EntriesValue<infer E>
              ? ReadEntry<ValueOf<E>>[]
              : V extends EitherValue<infer S, infer L, infer M>
                ? | { shape: 'text'; value: ValueOf<S> }
                  | { shape: 'list'; value: ValueOf<L> }
                  | { shape: 'mapping'; value: ValueOf<M> }
                : never;

/** A section that was read: every mistake in it is among the problems of its source. */
export class SectionReader<K extends Keys> {
  readonly node: Node;
  readonly #values = new Map<string, unknown>();
  readonly #entries: ReadonlyMap<string, Entry>;

  /** @param what messages call it, such as `the container` */
  constructor(source: RecipeSource, node: Node, what: string, section: Section<K>, given: readonly Entry[]) {
    this.node = node;
    const known = Object.keys(section.keys);
    const entries = new Map<string, Entry>();
    for (const entry of given) {
      if (Object.hasOwn(section.keys, entry.key)) entries.set(entry.key, entry);
      else if (section.takesExtensions !== true || !entry.key.startsWith('x-'))
        source.problem(entry.keyNode, unknownKey(entry.key, what, known, section.hints));
    }
    this.#entries = entries;
    for (const [name, key] of Object.entries(section.keys)) {
      const entry = entries.get(name);
      if (entry !== undefined)
        this.#values.set(name, readValue(source, entry.value ?? entry.keyNode, name, key.value, entry));
      else if (key.required === true) source.problem(node, `${what} has no ${name}; example: ${key.example}`);
    }
    const { exactlyOne } = section;
    if (exactlyOne !== undefined && exactlyOne.filter((name) => entries.has(name)).length !== 1)
      source.problem(
        node,
        `${what} must have exactly one of ${exactlyOne.slice(0, -1).join(', ')} and ${exactlyOne.at(-1) ?? ''}`,
      );
  }

  has(name: keyof K & string): boolean {
    return this.#entries.has(name);
  }

  /** Where a key's value stands; the section itself when it has none. */
  place(name: keyof K & string): Node {
    const entry = this.#entries.get(name);
    return entry?.value ?? entry?.keyNode ?? this.node;
  }

  /** @returns undefined when the key is absent, or its value is wrong */
  read<N extends keyof K & string>(name: N): ValueOf<K[N]['value']> | undefined {
    return this.#values.get(name) as ValueOf<K[N]['value']> | undefined;
  }
}

/** @param what messages call it. @returns undefined when it is not a mapping */
export function readSection<K extends Keys>(
  source: RecipeSource,
  node: Node,
  what: string,
  section: Section<K>,
): SectionReader<K> | undefined {
  const entries = source.entries(node, what);
  return entries === undefined ? undefined : new SectionReader(source, node, what, section, entries);
}

function readValue(
  source: RecipeSource,
  node: Node,
  key: string,
  value: Value,
  entry?: Pick<Entry, 'value'>,
): unknown {
  if (entry !== undefined && entry.value === undefined) return source.problem(node, `${key} has no value`);
  switch (value.kind) {
    case 'text': {
      const text = source.text(node, key, value.booleans);
      if (text === undefined) return undefined;
      const parsed = value.parse(text, key);
      return parsed.ok ? parsed.value : source.problem(node, parsed.reason);
    }
    case 'integer':
      return source.integer(node, key, value.min, value.max);
    case 'boolean':
      return source.boolean(node, key);
    case 'list':
      return readList(source, node, key, value);
    case 'section':
      return readSection(source, node, key, value.section);
    case 'entries':
      return readEntries(source, node, key, value);
    case 'either':
      return readEither(source, node, key, value);
  }
}

function readList(
  source: RecipeSource,
  node: Node,
  key: string,
  list: ListValue,
): Read<unknown>[] | undefined {
  const items = source.sequence(node, key);
  if (items?.length === 0 && list.minItems !== undefined) source.problem(node, `${key} is empty`);
  return items?.flatMap((item) => {
    const value = readValue(source, item, list.item, list.of);
    return value === undefined ? [] : [{ value, node: item }];
  });
}

function readEntries(
  source: RecipeSource,
  node: Node,
  key: string,
  { name: names, of, item }: EntriesValue,
): ReadEntry<unknown>[] | undefined {
  return source.entries(node, key)?.flatMap((entry) => {
    const { key: name, keyNode } = entry;
    const parsed = names.parse(name, key);
    if (!parsed.ok) source.problem(keyNode, parsed.reason);
    const place = entry.value ?? keyNode;
    const value = readValue(source, place, `${item} ${name}`, of, entry);
    return value === undefined ? [] : [{ name, keyNode, value, node: place }];
  });
}

function readEither(source: RecipeSource, node: Node, key: string, either: EitherValue): unknown {
  const shape = source.shape(node);
  const chosen = either[shape];
  if (chosen === undefined) {
    const shapes = (['text', 'list', 'mapping'] as const).filter((each) => either[each] !== undefined);
    return source.problem(node, `${key} must be ${shapes.map((each) => shapeNames[each]).join(' or ')}`);
  }
  const value = readValue(source, node, key, chosen);
  return value === undefined ? undefined : { shape, value };
}

const shapeNames = { text: 'text', list: 'a list', mapping: 'a mapping' };

function unknownKey(
  key: string,
  what: string,
  known: readonly string[],
  hints: Section['hints'] = {},
): string {
  const hint = Object.hasOwn(hints, key) ? hints[key] : undefined;
  if (hint !== undefined) return `unknown key "${key}" in ${what}; ${hint}`;
  const suggestion = nearest(key, known);
  const help =
    suggestion === undefined ? `known keys are ${known.join(', ')}` : `did you mean "${suggestion}"?`;
  return `unknown key "${key}" in ${what}; ${help}`;
}
