/** A part of a value: text as it is, or a secret as `NAME` or `NAME#KEY`. */
export type ValuePart = { text: string } | { secret: string };

const opening = '${secret:';
const longestName = 256;

/**
 * Reads `${secret:NAME}` and `${secret:NAME#KEY}` wherever they stand in a value; `$${secret:` is the text `${secret:`.
 * @returns undefined when a reference has no end or an invalid name
 */
export function partsOf(value: string): ValuePart[] | undefined {
  const parts: ValuePart[] = [];
  for (let at = 0; at < value.length;) {
    const found = value.indexOf(opening, at);
    if (found < 0) return [...parts, { text: value.slice(at) }];
    if (found > at && value[found - 1] === '$') {
      parts.push({ text: value.slice(at, found - 1) + opening });
      at = found + opening.length;
      continue;
    }
    const end = value.indexOf('}', found);
    const secret = value.slice(found + opening.length, end);
    const { name, key } = wanted(secret);
    if (end < 0 || !isSecretName(name) || (key !== undefined && !isKey(key))) return undefined;
    parts.push({ text: value.slice(at, found) }, { secret });
    at = end + 1;
  }
  return parts;
}

/** Letters, digits and `.`, `_`, `-` in segments between slashes; no segment begins with a dot. */
export function isSecretName(name: string): boolean {
  return (
    name.length <= longestName && /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(name)
  );
}

function isKey(key: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(key);
}

/** @returns the name of a secret, and the key of it that is wanted where the secret is a JSON object */
export function wanted(secret: string): { name: string; key: string | undefined } {
  const [name = '', key] = secret.split(/#(.*)/s);
  return { name, key };
}

/** @returns what is referred to, each once; undefined when a value has an invalid reference */
export function secretsIn(values: Readonly<Record<string, string>>): string[] | undefined {
  const names = new Set<string>();
  for (const value of Object.values(values)) {
    const parts = partsOf(value);
    if (parts === undefined) return undefined;
    for (const part of parts) if ('secret' in part) names.add(part.secret);
  }
  return [...names];
}

/** The values with each reference replaced. */
export function withSecrets(
  values: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const parts = partsOf(value) ?? [{ text: value }];
      return [
        name,
        parts.map((part) => ('text' in part ? part.text : (secrets.get(part.secret) ?? ''))).join(''),
      ];
    }),
  );
}
