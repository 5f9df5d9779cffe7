import { createHash, randomBytes } from 'node:crypto';

/** So that a person or a scanner of secrets knows what it is. */
const prefix = 'pbjoin_';

/** 256 random bits: nobody guesses one, so its plain hash can be stored. */
export function newJoinToken(): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** @returns what the store has instead of the token; undefined when this is not a token */
export function joinTokenHash(token: string): string | undefined {
  if (!new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`).test(token)) return undefined;
  return createHash('sha256').update(token).digest('hex');
}
