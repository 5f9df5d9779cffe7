import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AccessToken } from '../core/access-token.ts';
import { type Principal } from '../core/principal.ts';
import type { AccessTokenUseCases } from '../store/access-tokens.ts';
import type { Identity } from './principal.ts';

/** So that a person or a scanner of secrets knows what it is. */
const prefix = 'parbake_';
const shape = new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`);

/** The tokens of callers, in memory: every call asks. What is decided is first in the store and then here. */
export class AccessTokens {
  readonly #store: AccessTokenUseCases;
  readonly #byHash: Map<string, AccessToken>;
  /** Called after a token was revoked: calls that are open may have been made with it. */
  onRevoked: () => void = () => {};
  /** Called after a token was made or revoked here. */
  onDecided: () => void = () => {};

  private constructor(store: AccessTokenUseCases, known: readonly AccessToken[]) {
    this.#store = store;
    this.#byHash = new Map(known.map((token) => [token.hash, token]));
  }

  static async load(store: AccessTokenUseCases): Promise<AccessTokens> {
    return new AccessTokens(store, await store.accessTokens());
  }

  /** @throws ParbakeError UNAUTHENTICATED */
  identify(token: string, now: number): Identity {
    const hash = shape.test(token) ? hashOf(token) : '';
    const known = this.#byHash.get(hash);
    // Both are hashes already; this keeps the comparison from depending on what was looked up.
    const isKnown = known !== undefined && timingSafeEqual(Buffer.from(known.hash), Buffer.from(hash));
    if (!isKnown) throw new ParbakeError('UNAUTHENTICATED', 'the token is unknown, or was revoked');
    if (now > known.expireTime) throw new ParbakeError('UNAUTHENTICATED', 'the token has expired');
    return { principal: known.principal, notAfter: known.expireTime };
  }

  /** @returns the token, which nobody sees again */
  async create(principal: Principal, ttlMs: number): Promise<{ secret: string; token: AccessToken }> {
    const [secret, createTime] = [`${prefix}${randomBytes(32).toString('base64url')}`, Date.now()];
    const common = { principal, createTime, expireTime: createTime + ttlMs };
    const token = { tokenId: `tok-${randomUUID()}`, hash: hashOf(secret), ...common };
    await this.#store.createToken(token);
    this.#byHash.set(token.hash, token);
    this.onDecided();
    return { secret, token };
  }

  /** Valid ones, oldest first. */
  list(now: number): AccessToken[] {
    return [...this.#byHash.values()].filter(({ expireTime }) => expireTime >= now);
  }

  /** @throws ParbakeError TOKEN_NOT_FOUND */
  async revoke(tokenId: string): Promise<void> {
    if (!(await this.#store.revokeToken(tokenId)))
      throw new ParbakeError('TOKEN_NOT_FOUND', `there is no token ${tokenId}`);
    for (const { hash, ...token } of this.#byHash.values())
      if (token.tokenId === tokenId) this.#byHash.delete(hash);
    this.onRevoked();
    this.onDecided();
  }

  /** Reads again what another coordinator decided. */
  async readAgain(): Promise<void> {
    const before = [...this.#byHash.keys()];
    const known = new Map((await this.#store.accessTokens()).map((token) => [token.hash, token]));
    const revoked = before.filter((hash) => !known.has(hash));
    for (const hash of revoked) this.#byHash.delete(hash);
    for (const [hash, token] of known) this.#byHash.set(hash, token);
    if (revoked.length > 0) this.onRevoked();
  }
}

/** 256 random bits: nobody guesses one, so its plain hash can be kept. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
