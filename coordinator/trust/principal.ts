import { X509Certificate } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { isPrincipalName, type Principal, type PrincipalKind } from '../core/principal.ts';

/** The name that the URIs of our certificates begin with, unless an operator gives another. */
export const defaultTrustDomain = 'parbake';

/** Extended key usages, as object identifiers. */
const clientAuth = '1.3.6.1.5.5.7.3.2';

/** Certificates whose content is remembered: reading one takes about 50 µs, and an agent shows it with every call. */
const maxRemembered = 20_000;

/** Which certificate of an instance is the valid one. Whoever issues certificates knows. */
export interface ActiveSerials {
  /** @param serial in hexadecimal, as X509Certificate has it */
  isActive(instanceId: string, serial: string): boolean;
}

/** Until certificates are issued to instances one by one, every one that our CA signed is valid. */
export const everySerial: ActiveSerials = { isActive: () => true };

/** What a peer's certificate proves. */
export interface Identity {
  principal: Principal;
  /** When it ends to be valid, in milliseconds since the epoch. */
  notAfter: number;
}

export interface PrincipalOptions {
  trustDomain: string;
  serials: ActiveSerials;
  /** Accept the certificate that many agents share, which says `agent` and names no instance. */
  isSharedAllowed: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
}

type Read = { identity: Identity; serial: string } | { refusal: string };

/** Reads who a peer is from its certificate, whose signature and chain TLS has checked. */
export class Principals {
  readonly #options: PrincipalOptions;
  readonly #known = new Map<string, Read>();

  constructor(options: PrincipalOptions) {
    this.#options = options;
  }

  /**
   * @param fingerprint of the same certificate, SHA-256
   * @throws ParbakeError UNAUTHENTICATED when it proves nothing, or nothing any more
   */
  identify(raw: Buffer, fingerprint: string): Identity {
    const { now, serials, isSharedAllowed } = this.#options;
    const read = this.#known.get(fingerprint) ?? this.#remember(fingerprint, this.#read(raw));
    if ('refusal' in read) throw refused(read.refusal);
    const { identity, serial } = read;
    const { kind, name } = identity.principal;
    if (now() > identity.notAfter) throw refused('it has expired');
    if (kind !== 'agent') return identity;
    if (name === '' && !isSharedAllowed)
      throw refused('it names no instance, and the coordinator accepts no certificate that agents share');
    if (name !== '' && !serials.isActive(name, serial)) throw refused('it was replaced or revoked');
    return identity;
  }

  #remember(fingerprint: string, read: Read): Read {
    if (this.#known.size >= maxRemembered) this.#known.clear();
    this.#known.set(fingerprint, read);
    return read;
  }

  #read(raw: Buffer): Read {
    try {
      return this.#parse(new X509Certificate(raw));
    } catch (cause) {
      return { refusal: `it cannot be read: ${reasonOf(cause)}` };
    }
  }

  #parse({ ca, keyUsage, subjectAltName, serialNumber: serial, validToDate }: X509Certificate): Read {
    if (ca) return { refusal: 'it is the certificate of a CA' };
    // Without usages a certificate is good for any; the types do not know that they may be absent.
    const usages = (keyUsage as readonly string[] | undefined) ?? [];
    if (!usages.includes(clientAuth)) return { refusal: 'its usages do not include clientAuth' };
    const principal = principalIn(subjectAltName ?? '', this.#options.trustDomain);
    if ('refusal' in principal) return principal;
    return { identity: { principal, notAfter: validToDate.getTime() }, serial };
  }
}

/** @param names such as `URI:spiffe://parbake/agent/i-0a1b, DNS:agent` */
function principalIn(names: string, trustDomain: string): Principal | { refusal: string } {
  // Node quotes a name that could be taken for several.
  if (names.includes('"')) return { refusal: 'its names are ambiguous' };
  const uris = names.split(', ').filter((name) => name.startsWith('URI:'));
  const [uri, ...more] = uris;
  if (uri === undefined || more.length > 0)
    return { refusal: `it has ${uris.length} URIs, and one says who shows it` };
  const [, domain, kind, name = ''] =
    /^URI:spiffe:\/\/([^/]+)\/(agent|client|reader|operator)(?:\/([^/]+))?$/.exec(uri) ?? [];
  if (kind === undefined) return { refusal: 'its URI names no agent, client, reader or operator' };
  if (domain !== trustDomain) return { refusal: 'its URI belongs to another trust domain' };
  const isShared = kind === 'agent' && name === '';
  if (!isShared && !isPrincipalName(name)) return { refusal: 'its URI has no valid name' };
  return { kind: kind as PrincipalKind, name };
}

function refused(reason: string): ParbakeError {
  return new ParbakeError('UNAUTHENTICATED', `your certificate proves nothing here: ${reason}`);
}
