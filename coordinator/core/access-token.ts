import type { Principal, PrincipalKind } from './principal.ts';

/** A token that a caller shows instead of a certificate, as it is kept: nobody can make the token out of this. */
export interface AccessToken {
  tokenId: string;
  /** SHA-256 of the token, in hexadecimal. */
  hash: string;
  principal: Principal;
  /** Milliseconds since the epoch. */
  createTime: number;
  expireTime: number;
}

/** Instances have certificates, and prove more with them. */
const tokenKinds = ['client', 'reader', 'operator'] as const satisfies readonly PrincipalKind[];

/** @param text such as `client/web`; undefined when no token can be for it */
export function tokenPrincipal(text: string): Principal | undefined {
  const [, kind, name = ''] = /^([a-z]+)\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/.exec(text) ?? [];
  const known = tokenKinds.find((each) => each === kind);
  return known === undefined ? undefined : { kind: known, name };
}
