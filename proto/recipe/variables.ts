/** A text after substitution, or what is wrong with it. Offsets count UTF-16 units from the text's start. */
export type Substituted =
  { ok: true; text: string; substituted: boolean } | { ok: false; problems: VariableProblem[] };

export interface VariableProblem {
  kind: 'undefined' | 'malformed';
  /** The variable's name, or the malformed text. */
  name: string;
  offset: number;
}

const marker = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}]*\}?/g;

/**
 * Replaces `${NAME}`, and `$$` by one dollar sign; any other dollar sign stays. Values are not looked into
 * again. An empty value counts as defined.
 */
export function substitute(text: string, lookup: (name: string) => string | undefined): Substituted {
  const problems: VariableProblem[] = [];
  let substituted = false;
  const result = text.replaceAll(marker, (match: string, name: string | undefined, offset: number) => {
    if (match === '$$') return '$';
    if (name === undefined) {
      problems.push({ kind: 'malformed', name: match, offset });
      return '';
    }
    const value = lookup(name);
    if (value === undefined) problems.push({ kind: 'undefined', name, offset });
    substituted = true;
    return value ?? '';
  });
  return problems.length === 0 ? { ok: true, text: result, substituted } : { ok: false, problems };
}

/** The names of the variables in a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(marker)].flatMap(([, name]) => name ?? []);
}
