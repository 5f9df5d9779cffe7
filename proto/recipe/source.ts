import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { nearest } from './nearest.ts';
import { substitute } from './variables.ts';

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
 * one pass finds all mistakes. Scalars come with their variables filled in.
 */
export class RecipeSource {
  readonly problems: Problem[] = [];
  readonly root: Node | undefined;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    for (const error of this.#document.errors) this.problemAt(error.pos[0], error.message);
    this.root = this.#document.contents ?? undefined;
    if (this.root === undefined && this.problems.length === 0) this.problemAt(0, 'the recipe is empty');
  }

  problem(node: Node | undefined, message: string): void {
    this.problemAt(node?.range?.[0] ?? 0, message);
  }

  problemAt(offset: number, message: string, kind: Problem['kind'] = 'invalid'): void {
    this.problems.push({ ...this.#position(offset), kind, message });
  }

  position(node: Node | undefined): Position {
    return this.#position(node?.range?.[0] ?? 0);
  }

  /** The entries of a mapping whose keys are all known; each unknown one is a problem. */
  mapping(node: Node | undefined, what: string, known: readonly string[]): Map<string, Entry> | undefined {
    const entries = this.entries(node, what);
    if (entries === undefined) return undefined;
    const result = new Map<string, Entry>();
    for (const entry of entries) {
      if (known.includes(entry.key)) result.set(entry.key, entry);
      else this.problem(entry.keyNode, unknownKey(entry.key, what, known));
    }
    return result;
  }

  /** The entries of a mapping with free keys, in order. */
  entries(node: Node | undefined, what: string): Entry[] | undefined {
    const map = this.#resolve(node);
    if (!isMap(map)) {
      this.problem(node, `${what} must be a mapping`);
      return undefined;
    }
    const result: Entry[] = [];
    for (const pair of map.items) {
      const keyNode = pair.key as Node;
      const value = (pair.value ?? undefined) as Node | undefined;
      if (isScalar(keyNode) && typeof keyNode.value === 'string')
        result.push({ key: keyNode.value, keyNode, value });
      else this.problem(keyNode, `a key of ${what} must be a text`);
    }
    return result;
  }

  sequence(node: Node | undefined, what: string): Node[] | undefined {
    const seq = this.#resolve(node);
    if (isSeq(seq)) return seq.items as Node[];
    this.problem(node, `${what} must be a list`);
    return undefined;
  }

  /** A text, variables filled in. Numbers count as texts where one is wanted, such as a version. */
  text(node: Node | undefined, what: string): string | undefined {
    const scalar = this.#resolve(node);
    if (isScalar(scalar) && typeof scalar.value === 'string') return this.#substituted(scalar)?.text;
    if (isScalar(scalar) && typeof scalar.value === 'number') return scalar.source;
    this.problem(node, `${what} must be a text`);
    return undefined;
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
    this.problem(node, `${what} must be a whole number from ${min} to ${max}`);
    return undefined;
  }

  boolean(node: Node | undefined, what: string): boolean | undefined {
    const scalar = this.#resolve(node);
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    this.problem(node, `${what} must be true or false`);
    return undefined;
  }

  isMapping(node: Node | undefined): boolean {
    return isMap(this.#resolve(node));
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
        this.problemAt(offset, `variable ${name} is not defined`, 'undefined-variable');
      else this.problemAt(offset, `"${name}" is not a variable: write \${NAME}, or $$ for a dollar sign`);
    }
    return undefined;
  }

  #resolve(node: Node | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function unknownKey(key: string, what: string, known: readonly string[]): string {
  const suggestion = nearest(key, known);
  const hint =
    suggestion === undefined ? `known keys are ${known.join(', ')}` : `did you mean "${suggestion}"?`;
  return `unknown key "${key}" in ${what}; ${hint}`;
}
