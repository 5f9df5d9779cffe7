import type { AccessToken } from '../core/access-token.ts';

/** The tokens of callers. */
export interface AccessTokenUseCases {
  /** Forgets those that expired before. */
  createToken(token: AccessToken): Promise<void>;
  /** Those that are valid or expired a short while ago, oldest first. */
  accessTokens(): Promise<AccessToken[]>;
  /** @returns whether there was one with this id */
  revokeToken(tokenId: string): Promise<boolean>;
}
