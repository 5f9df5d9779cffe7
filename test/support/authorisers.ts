import { alone } from '../../coordinator/store/peers.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { composeTrust, type TrustParts } from '../../coordinator/serve/trust.ts';
import type { Listener } from '../../coordinator/serve/server.ts';
import { Authoriser } from '../../coordinator/trust/authorise.ts';
import { defaultTrustDomain, everySerial, Principals } from '../../coordinator/trust/principal.ts';
import { defined } from '../../proto/errors/defined.ts';
import type { Logger } from '../../proto/process/log.ts';
import { listenerCredentials } from '../../proto/wire/channel.ts';

/** As `serve` makes it, for certificates of one instance each. */
export function anAuthoriser(logger: Logger, trust?: Pick<TrustParts, 'tokens'>): Authoriser {
  const principals = new Principals({
    trustDomain: defaultTrustDomain,
    serials: everySerial,
    isSharedAllowed: false,
    now: () => Date.now(),
  });
  return new Authoriser({ principals, logger, ...defined({ tokens: trust?.tokens }) });
}

/** As `serve` makes it without --attest-listen. */
export function aTrust(store: Store, logger: Logger): Promise<TrustParts> {
  return composeTrust({
    store,
    options: undefined,
    trustDomain: defaultTrustDomain,
    region: undefined,
    peers: alone,
    env: {},
    observer: { attested: () => {}, identityConflict: () => {} },
    logger,
  });
}

/** Plaintext on a free port of loopback, as with --insecure-agents. */
export function insecureListener(): Listener {
  const address = '127.0.0.1:0';
  return { address, door: 'local-insecure', credentials: listenerCredentials(address, undefined) };
}
