/** Something by which a machine is known. */
export interface Identity {
  kind: string;
  /** Empty when the machine has none. */
  value: string;
  /** The scrub rule that is to make clones differ in it. */
  rule: string;
  /** Whether a machine that booted must have one. */
  isRequired: boolean;
}

/** What one machine said of itself. */
export interface FactSheet {
  machine: string;
  identities: Identity[];
}

export interface Finding {
  kind: 'duplicate' | 'parent' | 'empty' | 'canary' | 'boot' | 'images';
  /** The scrub rule that it names; undefined when none would mend it. */
  rule: string | undefined;
  /** Where a canary was found. */
  place?: string;
  /** Description for people. */
  text: string;
}

/** Identities of clones have to differ from each other and from everything that the builder had, and to be there. */
export function compareIdentities(builder: FactSheet, clones: readonly FactSheet[]): Finding[] {
  const findings: Finding[] = [];
  const builders = new Map(
    builder.identities.filter(({ value }) => value !== '').map((identity) => [identity.value, identity]),
  );
  const owners = new Map<string, string>();
  for (const { machine, identities } of clones) {
    for (const { kind, value, rule, isRequired } of identities) {
      if (value === '') {
        if (isRequired) findings.push({ kind: 'empty', rule, text: `${machine} has no ${kind}` });
        continue;
      }
      const parent = builders.get(value);
      const named = parent?.rule ?? rule;
      if (parent !== undefined)
        findings.push({
          kind: 'parent',
          rule: named,
          text: `${machine} has the builder's ${parent.kind} as its ${kind}`,
        });
      const key = `${kind} ${value}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, machine);
      else
        findings.push({ kind: 'duplicate', rule: named, text: `${machine} and ${owner} have one ${kind}` });
    }
  }
  return findings;
}

/** The rules that findings name, each once; `?` for a finding that names none. */
export function namedRules(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ rule }) => rule ?? '?'))].sort();
}
