/** A text that was understood, or why it was not, as a whole sentence part that names its key. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

/** A scalar that is read as text. Numbers count as text where one is wanted, such as in a version. */
export interface TextValue<T = unknown> {
  kind: 'text';
  /** What the reference calls it. */
  type: string;
  /** The form of every text that is accepted, for editors; absent when any text may be. */
  pattern?: RegExp;
  /** The numbers that are accepted unquoted, where the pattern says too little. */
  numbers?: { min: number; max: number; fractions?: true };
  /** `true` and `false` are accepted unquoted. */
  booleans?: true;
  /** @param key what messages call it */
  parse(text: string, key: string): Parsed<T>;
}

export interface IntegerValue {
  kind: 'integer';
  min: number;
  max: number;
}

export interface BooleanValue {
  kind: 'boolean';
}

export interface ListValue<V extends Value = Value> {
  kind: 'list';
  of: V;
  /** What messages call an item, such as `a port`. */
  item: string;
  minItems?: 1;
}

/** A mapping whose keys are declared. */
export interface SectionValue<K extends Keys = Keys> {
  kind: 'section';
  section: Section<K>;
}

/** A mapping whose keys are free names. */
export interface EntriesValue<V extends Value = Value> {
  kind: 'entries';
  name: TextValue<string>;
  of: V;
  /** What messages call an entry, before its name. */
  item: string;
}

/** A value that may be written in more than one way; its shape in the YAML tells which. */
export interface EitherValue<
  S extends TextValue = TextValue,
  L extends ListValue = ListValue,
  M extends SectionValue | EntriesValue = SectionValue | EntriesValue,
> {
  kind: 'either';
  text?: S;
  list?: L;
  mapping?: M;
}

export type Value =
  TextValue | IntegerValue | BooleanValue | ListValue | SectionValue | EntriesValue | EitherValue;

/** One key of a section: what the reader accepts, and what the reference says of it. */
export interface Key<V extends Value = Value> {
  value: V;
  required?: true;
  /** As the reference shows it. */
  default?: string;
  meaning: string;
  /** YAML on one line, with the key. */
  example: string;
}

export type Keys = Readonly<Record<string, Key>>;

export interface Section<K extends Keys = Keys> {
  /** What the reference and the schema call it. */
  name: string;
  keys: K;
  /** Exactly one of these has to be there. */
  exactlyOne?: readonly string[];
  /** Keys that begin with `x-` are free, as in Compose: a place for anchors. */
  takesExtensions?: true;
  /** For keys that other formats have here: what to write instead, or why it is not there. */
  hints?: Readonly<Record<string, string>>;
}
