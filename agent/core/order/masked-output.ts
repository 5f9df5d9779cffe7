import type { Order } from './order.ts';

/** Characters and lines of what is told of an application's output. */
const maxCharacters = 2_000;
const maxLines = 20;
/** Shorter values, such as a port, are everywhere, and masking them would hide nothing. */
const minSecret = 4;
const mask = '***';

/** Words before a value that nobody but its owner should read. */
const secretName = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|authorization)[\w.-]*`;
const assignment = new RegExp(
  String.raw`(${secretName}["']?\s*[:=]\s*)(?:(?:bearer|basic)\s+)?("[^"\n]*"|'[^'\n]*'|[^\s,;&]+)`,
  'gi',
);
const urlCredentials = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * What an application printed last, for the owner of its assignment: without the values and files of its order, which are
 * secret, and without what looks like a credential. What is masked is masked before anything is cut off.
 */
export function maskedOutput(text: string, order: Pick<Order, 'env' | 'files'> | undefined): string {
  const known = secretsOf(order).toSorted((a, b) => b.length - a.length);
  const masked = known
    .reduce((rest, secret) => rest.replaceAll(secret, mask), text)
    .replace(privateKey, mask)
    .replace(urlCredentials, `$1${mask}@`)
    .replace(assignment, `$1${mask}`);
  const lines = masked.replaceAll(/[^\P{C}\n]/gu, ' ').split('\n');
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-maxLines)
    .join('\n')
    .slice(-maxCharacters);
}

function secretsOf(order: Pick<Order, 'env' | 'files'> | undefined): string[] {
  if (order === undefined) return [];
  const values = Object.values(order.env).flatMap((value) => [
    value,
    ...value.split('\n'),
    ...passwordsOf(value),
  ]);
  const lines = Object.values(order.files).flatMap((content) => content.toString('utf8').split(/\r?\n/));
  const forms = [...values, ...lines].flatMap((secret) => [
    ...[secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)],
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  return [...new Set(forms)].filter((form) => form.trim().length >= minSecret);
}

/** An application often prints the parts of the URL that it was given. */
function passwordsOf(value: string): string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s@]*)@/i.exec(value) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
