import type { PeerCertificate } from 'node:tls';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { principalText } from '../core/principal.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Identity, Principals } from './principal.ts';

/** Lets readers and operators see the page: it shows everybody's assignments, and agents have certificates of the same CA. */
export function pageReaders(
  principals: Pick<Principals, 'identify'>,
  tokens: Pick<AccessTokens, 'identify'>,
) {
  return {
    /** @throws ParbakeError UNAUTHENTICATED, PERMISSION_DENIED */
    byCertificate: ({ raw, fingerprint256 }: PeerCertificate): string =>
      readerOf(principals.identify(raw, fingerprint256)),
    byToken: (token: string): string => readerOf(tokens.identify(token, Date.now())),
  };
}

/** @throws ParbakeError PERMISSION_DENIED */
function readerOf({ principal }: Identity): string {
  const name = principalText(principal);
  if (principal.kind !== 'reader' && principal.kind !== 'operator')
    throw new ParbakeError('PERMISSION_DENIED', `${name} may not read this page`);
  return name;
}
