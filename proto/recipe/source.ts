import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { syntaxProblems } from './syntax.ts';
import { substitute, variablesIn } from './variables.ts';

/** A place in the recipe; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface Problem extends Position {
  kind: 'invalid' | 'undefined-variable';
  message: string;
}

/** One entry of a mapping. */
export interface Entry {
  key: string;
  keyNode: Node;
  value: Node | undefined;
}

export type Lookup = (name: string) => string | undefined;

/**
 * A YAML text read step by step. Every read that does not fit adds a problem and gives undefined, so that
 * one pass finds all mistakes. Scalars come with their variables filled in, and aliases count as what they name.
 */
export class RecipeSource {
  readonly problems: Problem[] = [];
  readonly root: Node | undefined;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  /** Mappings that are being brought into others: one may name itself. */
  readonly #merging = new Set<Node>();
  /** What was read before: aliases of aliases would otherwise be read as often as they multiply. */
  readonly #read = new Map<Node, Entry[]>();
  readonly #said = new Set<string>();
  readonly #aliased = new Map<Node, Node>();

  /** @param what messages call the text */
  constructor(text: string, lookup: Lookup, what = 'the recipe') {
    this.#text = text;
    this.#lookup = lookup;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // The library compares each key with all others, which takes minutes for some ten thousand.
      uniqueKeys: false,
    });
    for (const { offset, message } of syntaxProblems(this.#document.errors, text))
      this.#problemAt(offset, message);
    const { version } = this.#document.directives.yaml;
    if (version !== '1.2') {
      const directive = Math.max(0, text.indexOf('%YAML'));
      this.#problemAt(
        directive,
        `${what} must be YAML 1.2, not ${version}: remove the line "%YAML ${version}"`,
      );
    }
    this.root = this.#document.contents ?? undefined;
    // After a syntax error the tree is only a guess.
    if (this.problems.length === 0) this.#inspect();
    if (this.root === undefined && this.problems.length === 0) this.#problemAt(0, `${what} is empty`);
  }

  /** @returns undefined, as a reading that failed does */
  problem(node: Node | undefined, message: string): undefined {
    this.#problemAt(node?.range?.[0] ?? 0, message);
  }

  position(node: Node | undefined): Position {
    return this.#position(node?.range?.[0] ?? 0);
  }

  /** The names of all variables that the text mentions, whether they have a value or not. */
  mentioned(): Set<string> {
    const names = new Set<string>();
    visit(this.#document, {
      Scalar(_, { value }) {
        if (typeof value === 'string') for (const name of variablesIn(value)) names.add(name);
      },
    });
    return names;
  }

  shape(node: Node): 'text' | 'list' | 'mapping' {
    const resolved = this.#resolve(node);
    if (isMap(resolved)) return 'mapping';
    return isSeq(resolved) ? 'list' : 'text';
  }

  /** Whether a list or mapping is written in brackets or braces. */
  isFlow(node: Node | undefined): boolean {
    const resolved = this.#resolve(node);
    return (isSeq(resolved) || isMap(resolved)) && resolved.flow === true;
  }

  /** The entries of a mapping, in order; `<<` brings in those of another mapping, as in Compose. */
  entries(node: Node | undefined, what: string): Entry[] | undefined {
    const map = this.#resolve(node);
    if (!isMap(map)) return this.problem(node, `${what} must be a mapping`);
    if (this.#merging.has(map)) return this.problem(node, `${what} brings in itself`);
    const known = this.#read.get(map);
    if (known !== undefined) return known;
    this.#merging.add(map);
    const entries = this.#entriesOf(map, what);
    this.#merging.delete(map);
    this.#read.set(map, entries);
    return entries;
  }

  #entriesOf(map: YAMLMap, what: string): Entry[] {
    const own = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of map.items) {
      const keyNode = pair.key as Node;
      const value = (pair.value ?? undefined) as Node | undefined;
      const key = this.#resolve(keyNode);
      if (!isScalar(key) || typeof key.value !== 'string')
        this.problem(keyNode, `a key of ${what} must be text`);
      else if (key.value === '<<') merged.push(...this.#merged(value ?? keyNode, what));
      else own.set(key.value, { key: key.value, keyNode, value: isNull(value) ? undefined : value });
    }
    for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry);
    return [...own.values()];
  }

  sequence(node: Node | undefined, what: string): Node[] | undefined {
    const seq = this.#resolve(node);
    if (isSeq(seq)) return seq.items as Node[];
    return this.problem(node, `${what} must be a list`);
  }

  /**
   * A text, variables filled in. Numbers count as texts where one is wanted, such as a version.
   * @param booleans whether truth values do, too
   */
  text(node: Node | undefined, what: string, booleans = false): string | undefined {
    const scalar = this.#resolve(node);
    if (isScalar(scalar) && typeof scalar.value === 'string') return this.#substituted(scalar)?.text;
    if (isScalar(scalar) && typeof scalar.value === 'number') return scalar.source;
    const isTruth = isScalar(scalar) && typeof scalar.value === 'boolean';
    if (isTruth && booleans) return String(scalar.value);
    return this.problem(
      node,
      `${what} must be text${isTruth ? `; put ${scalar.source ?? ''} in quotes` : ''}`,
    );
  }

  /** A whole number within bounds; digits count when they come from a variable. */
  integer(node: Node | undefined, what: string, min: number, max: number): number | undefined {
    const scalar = this.#resolve(node);
    let value: unknown = isScalar(scalar) ? scalar.value : undefined;
    if (isScalar(scalar) && typeof value === 'string') {
      const filled = this.#substituted(scalar);
      if (filled === undefined) return undefined;
      if (filled.substituted && /^\d+$/.test(filled.text)) value = Number(filled.text);
    }
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.problem(node, `${what} must be a whole number from ${min} to ${max}`);
  }

  /** True or false, also when a variable says so. */
  boolean(node: Node | undefined, what: string): boolean | undefined {
    const scalar = this.#resolve(node);
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    if (isScalar(scalar) && typeof scalar.value === 'string') {
      const filled = this.#substituted(scalar);
      if (filled === undefined) return undefined;
      if (filled.substituted && (filled.text === 'true' || filled.text === 'false'))
        return filled.text === 'true';
    }
    return this.problem(node, `${what} must be true or false`);
  }

  #merged(node: Node, what: string): Entry[] {
    const resolved = this.#resolve(node);
    const from = isSeq(resolved) ? (resolved.items as Node[]) : [node];
    const seen = new Map<string, Entry>();
    for (const entry of from.flatMap((each) => this.entries(each, `what << brings into ${what}`) ?? []))
      if (!seen.has(entry.key)) seen.set(entry.key, entry);
    return [...seen.values()];
  }

  #substituted(scalar: Node & { value: unknown }): { text: string; substituted: boolean } | undefined {
    const result = substitute(String(scalar.value), this.#lookup);
    if (result.ok) return result;
    const start = scalar.range?.[0] ?? 0;
    const written = this.#text.slice(start, scalar.range?.[1] ?? start);
    let from = 0;
    for (const { kind, name } of result.problems) {
      const wanted = kind === 'undefined' ? `\${${name}}` : name;
      // Quotes and escapes shift a value against what is written, so it is looked for there.
      const found = written.indexOf(wanted, from);
      if (found >= 0) from = found + wanted.length;
      const offset = start + Math.max(found, 0);
      if (kind === 'undefined')
        this.#problemAt(offset, `variable ${name} is not defined`, 'undefined-variable');
      else this.#problemAt(offset, `"${name}" is not a variable: write \${NAME}, or $$ for a dollar sign`);
    }
    return undefined;
  }

  #problemAt(offset: number, message: string, kind: Problem['kind'] = 'invalid'): void {
    // What several aliases name is read for each of them, and is wrong once.
    const said = `${offset} ${message}`;
    if (this.#said.has(said)) return;
    this.#said.add(said);
    this.problems.push({ ...this.#position(offset), kind, message });
  }

  /**
   * Finds repeated keys, and what each alias names: the last anchor of its name before it. The library would search the
   * whole document for each alias.
   */
  #inspect(): void {
    const anchors = new Map<string, Node>();
    visit(this.#document, {
      Alias: (_, alias) => {
        const node = anchors.get(alias.source);
        if (node !== undefined) this.#aliased.set(alias, node);
        else this.problem(alias, `*${alias.source} names no anchor: write &${alias.source} before it`);
      },
      Value: (_, node) => {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (isMap(node)) this.#refuseRepeatedKeys(node);
      },
    });
  }

  #refuseRepeatedKeys(map: YAMLMap): void {
    const keys = new Set<unknown>();
    for (const { key } of map.items) {
      if (!isScalar(key)) continue;
      if (keys.has(key.value)) this.problem(key, `${String(key.value)} is given twice`);
      keys.add(key.value);
    }
  }

  #resolve(node: Node | undefined): Node | undefined {
    return isAlias(node) ? this.#aliased.get(node) : node;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function isNull(node: Node | undefined): boolean {
  return isScalar(node) && node.value === null;
}
