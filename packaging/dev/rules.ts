/**
 * What a bundle replaces in its libraries, found by regular expressions over their names and files. A library that is
 * reorganized makes such a rule match nothing, silently: the bundle works, and is larger and slower.
 */
export class Rules {
  readonly #matched = new Map<string, boolean>();

  /** @param rule a name that says which library it is about */
  declare(rule: string): void {
    if (!this.#matched.has(rule)) this.#matched.set(rule, false);
  }

  match(rule: string): void {
    this.#matched.set(rule, true);
  }

  /** Rules that nothing in any bundle matched. */
  unmatched(): string[] {
    return [...this.#matched].filter(([, isMatched]) => !isMatched).map(([rule]) => rule);
  }
}
