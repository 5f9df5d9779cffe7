/** What a request is about, in the order in which it is looked for. */
const fields = [
  'assignmentId',
  'instanceId',
  'tokenId',
  'name',
  'principal',
  'requestId',
  'role',
  'user',
] as const;

/** Characters: an id fits, and a log line stays short. */
const maxLength = 128;

/** What a call acts on, for the audit log; empty when the request names nothing. @param message any request */
export function targetOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const named = new Map<string, unknown>(Object.entries(message));
  const found = fields
    .map((field) => named.get(field))
    .find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, maxLength).replaceAll(/\p{C}+/gu, ' ') : '';
}
