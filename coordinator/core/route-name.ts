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

  /** @param names such as `preview.example.com` */
  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The longest zone that a name is in or is; undefined for a name of somebody else. */
  of(name: string): string | undefined {
    return this.names
      .filter((zone) => name === zone || name.endsWith(`.${zone}`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Whether a name is below a zone: a zone's own name is nobody's. */
  canHave(name: string): boolean {
    const zone = this.of(name);
    return zone !== undefined && zone !== name;
  }
}
