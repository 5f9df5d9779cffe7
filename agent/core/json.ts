import { reasonOf } from '../../proto/errors/cause.ts';

/** Parses what somebody else wrote; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Parses a document that has to be JSON. @param refuse throws the caller's error, with this reason */
export function parseJsonOr(text: string, refuse: (reason: string) => never): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    return refuse(`it is not JSON: ${reasonOf(cause)}`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number from 0 that JavaScript represents exactly. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

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
