/** Characters of a host name, and of one of its labels. */
const maxName = 253;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** @returns what is wrong with a host name, as the end of a sentence; undefined when nothing is */
export function hostNameProblem(name: string): string | undefined {
  if (name.length > maxName) return `has more than ${maxName} characters`;
  if (!name.split('.').every((part) => label.test(part)))
    return 'is not a host name: lower-case letters, digits and hyphens, in parts of 1 to 63 between dots';
  // What a person reads there is not what it says: a name in another script can look like one in this.
  if (name.split('.').some((part) => part.slice(2, 4) === '--'))
    return 'has a part with "--" as its third and fourth character, which is reserved for other scripts';
  return undefined;
}

/** The suffixes that a coordinator answers for. */
export class Zones {
  readonly names: readonly string[];
  readonly #reserved: ReadonlySet<string>;

  /**
   * @param names such as `preview.example.com`
   * @param reserved host names that no route gets, wherever they are
   */
  constructor(names: readonly string[], reserved: readonly string[] = []) {
    this.names = names;
    this.#reserved = new Set(reserved.map((name) => name.toLowerCase()));
  }

  /** The longest zone that a name is in or is; undefined for a name of somebody else. */
  of(name: string): string | undefined {
    return this.names
      .filter((zone) => name === zone || name.endsWith(`.${zone}`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** @returns why a route cannot have a name, as the end of a sentence; undefined when it can */
  refusal(name: string): string | undefined {
    const zone = this.of(name);
    // A zone's own name is nobody's.
    if (zone === undefined || zone === name) return 'is not below a zone of this coordinator';
    return this.#reserved.has(name) ? "is one of the coordinator's own names" : undefined;
  }
}
