import {
  type Metadata,
  ServerInterceptingCall,
  status,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { isAllowed, permissions, type Door } from '../core/permissions.ts';
import { anonymous, localOperator, principalText, type Caller, type Principal } from '../core/principal.ts';
import type { AccessTokens } from './access-tokens.ts';
import { isJwt } from './oidc-map.ts';
import type { OidcTokens } from './oidc.ts';
import { OpenStreams } from './open-streams.ts';
import type { Identity, Principals } from './principal.ts';
import { targetOf } from './target.ts';

export interface AuthoriserParts {
  principals: Principals;
  tokens?: Pick<AccessTokens, 'identify'>;
  /** Tokens of an issuer that is trusted. */
  oidc?: Pick<OidcTokens, 'identify'>;
  /** Agents call through a NAT: the address that they call from is not theirs. */
  areAgentsBehindNat?: boolean;
  logger: Logger;
}

/** A call, as its handler has it. */
interface Call {
  metadata: Metadata;
}

/**
 * Proves who calls and decides whether they may, before any handler sees the call: the one place for every method, unary
 * or stream, by the one table. Writes one line for each denial and for each call of an operator.
 */
export class Authoriser {
  readonly #parts: AuthoriserParts;
  /** Callers by the metadata of their call, which is what an interceptor and a handler have in common. */
  readonly #callers = new WeakMap<Metadata, Caller>();
  readonly #streams = new OpenStreams();

  constructor(parts: AuthoriserParts) {
    this.#parts = parts;
  }

  /** @throws ParbakeError UNAUTHENTICATED for a call that did not come through the interceptor */
  callerOf(call: Call): Caller {
    const caller = this.#callers.get(call.metadata);
    if (caller === undefined) throw new ParbakeError('UNAUTHENTICATED', 'nobody knows who calls');
    return caller;
  }

  /** Ends the open streams of certificates that are not valid any more. */
  recheck(): void {
    this.#streams.recheck();
  }

  /** For the connections of one listener. */
  interceptor(door: Door): ServerInterceptor {
    return ({ path, requestStream, responseStream }, call) => {
      let caller: Caller | undefined;
      let target = '';
      let isTold = false;
      let isCancelled = false;
      const tell = (outcome: string): void => {
        if (isTold) return;
        isTold = true;
        this.#audit({ method: path, peer: call.getPeer(), target, outcome }, caller?.principal);
      };
      const deny = (error: ParbakeError): void => {
        tell(status[toStatus(error).code] ?? error.code);
        call.sendStatus({ ...toStatus(error) });
      };
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: (metadata, proceed) => {
              const [bearer] = metadata.get('authorization').map(String);
              // Nobody behind this needs it.
              metadata.remove('authorization');
              const admit = (proof: Proof, recheck: () => unknown): void => {
                try {
                  caller = {
                    ...proof,
                    address: this.#parts.areAgentsBehindNat === true ? '' : addressOf(call),
                  };
                  if (!isAllowed(path, door, caller.principal.kind)) throw forbidden(caller.principal, path);
                  this.#callers.set(metadata, caller);
                  if (proof.identity !== undefined && (requestStream || responseStream))
                    this.#streams.add(call, proof.identity, { recheck, end: deny });
                } catch (cause) {
                  return deny(toParbakeError(cause));
                }
                proceed(metadata);
              };
              const refuse = (cause: unknown): void => deny(toParbakeError(cause));
              const issued = this.#issuedToken(door, bearer);
              if (issued !== undefined) {
                // Its keys may have to be fetched.
                issued.then((identity) => {
                  const proof = { principal: identity.principal, isClaimed: false, identity };
                  if (!isCancelled) admit(proof, () => refuseExpired(identity));
                }, refuse);
                return;
              }
              try {
                admit(this.#prove(door, path, call, bearer), () => this.#prove(door, path, call, bearer));
              } catch (cause) {
                refuse(cause);
              }
            },
            onReceiveMessage: (message: unknown, proceed) => {
              target ||= targetOf(message);
              proceed(message);
            },
            onCancel: () => {
              isCancelled = true;
              this.#streams.remove(call);
              tell('CANCELLED');
            },
          }),
        sendStatus: (result, next) => {
          tell(status[result.code] ?? 'UNKNOWN');
          next(result);
        },
      });
    };
  }

  /** @returns undefined unless it is a token of an issuer, and tokens are accepted at this door */
  #issuedToken(door: Door, bearer: string | undefined): Promise<Identity> | undefined {
    const { oidc } = this.#parts;
    const token = bearer !== undefined && takesTokens(door) ? tokenOf(bearer) : '';
    return oidc !== undefined && isJwt(token) ? oidc.identify(token) : undefined;
  }

  /** @throws ParbakeError UNAUTHENTICATED */
  #prove(
    door: Door,
    method: string,
    call: ServerInterceptingCallInterface,
    bearer: string | undefined,
  ): Proof {
    if (bearer !== undefined && takesTokens(door)) return this.#proveToken(bearer);
    if (door === 'local') return { principal: localOperator, isClaimed: false };
    if (door === 'attest') return { principal: anonymous, isClaimed: false };
    if (door === 'local-insecure') {
      const isAgents = permissions[method]?.includes('operator') === false;
      const principal = isAgents ? ({ kind: 'agent', name: '' } as const) : localOperator;
      return { principal, isClaimed: isAgents };
    }
    const certificate = call.getAuthContext().sslPeerCertificate;
    if (certificate === undefined)
      throw new ParbakeError(
        'UNAUTHENTICATED',
        'a certificate of the CA is needed here, or for callers a token',
      );
    const identity = this.#parts.principals.identify(certificate.raw, certificate.fingerprint256);
    const { principal } = identity;
    return { principal, isClaimed: principal.kind === 'agent' && principal.name === '', identity };
  }

  /** @param bearer the header; who shows a token is nobody else, whatever the connection proves */
  #proveToken(bearer: string): Proof {
    const identity = this.#parts.tokens?.identify(tokenOf(bearer), Date.now());
    if (identity === undefined) throw new ParbakeError('UNAUTHENTICATED', 'no token is accepted here');
    return { principal: identity.principal, isClaimed: false, identity };
  }

  #audit(
    line: { method: string; peer: string; target: string; outcome: string },
    principal: Principal | undefined,
  ): void {
    const { logger } = this.#parts;
    const fields = { principal: principal === undefined ? 'unknown' : principalText(principal), ...line };
    const isDenied = line.outcome === 'PERMISSION_DENIED' || line.outcome === 'UNAUTHENTICATED';
    if (isDenied) logger.warn(fields, 'call denied');
    else if (principal?.kind === 'operator') logger.info(fields, "operator's call");
  }
}

/** Who calls, and what shows it. */
interface Proof {
  principal: Principal;
  isClaimed: boolean;
  identity?: Identity;
}

function takesTokens(door: Door): boolean {
  return door !== 'agents' && door !== 'attest';
}

/** @param bearer the header */
function tokenOf(bearer: string): string {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(bearer) ?? [];
  return token;
}

/** @throws ParbakeError UNAUTHENTICATED */
function refuseExpired({ notAfter }: Identity): void {
  if (Date.now() > notAfter) throw new ParbakeError('UNAUTHENTICATED', 'the token has expired');
}

function forbidden(principal: Principal, method: string): ParbakeError {
  const name = method.slice(method.lastIndexOf('/') + 1);
  const who = principalText(principal);
  return new ParbakeError('PERMISSION_DENIED', `${who} may not call ${name} here`, {
    metadata: { principal: who, method: name },
  });
}

/** Without the prefix that an IPv4 address has on an IPv6 listener. */
function addressOf(call: ServerInterceptingCallInterface): string {
  return (call.getConnectionInfo().remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
