/** Returns an own member of untrusted JSON; undefined when the value is not an object or lacks the member. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** Returns a text member of untrusted JSON; empty when it is absent or not a text. */
export function textMember(value: unknown, key: string): string {
  const found = member(value, key);
  return typeof found === 'string' ? found : '';
}
