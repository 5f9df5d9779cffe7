/** Who calls. Only `bootstrap` is anonymous: it has nothing yet but TLS. */
export const principalKinds = ['agent', 'client', 'reader', 'operator', 'bootstrap'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** A caller that was proven, by its certificate, its token or the socket that it came through. */
export interface Principal {
  kind: PrincipalKind;
  /** An agent's is its instance id. Empty for `bootstrap` and for agents that share one certificate. */
  name: string;
}

/** What a handler may rely on about the other side of a call. */
export interface Caller {
  principal: Principal;
  /** The other side's IP address; empty when that says nothing, as behind a Unix socket or a NAT. */
  address: string;
  /** Nothing proves which instance an agent is: its messages say so. */
  isClaimed: boolean;
}

/** As logs and the store's `owner` have it, such as `client/web`. */
export function principalText({ kind, name }: Principal): string {
  return name === '' ? kind : `${kind}/${name}`;
}

/** Whose assignments it may see and change; undefined for everybody's. */
export function scopeOf(principal: Principal): string | undefined {
  return principal.kind === 'client' ? principalText(principal) : undefined;
}

/** Operators on the coordinator's own machine, who proved themselves by reaching its socket. */
export const localOperator: Principal = { kind: 'operator', name: 'local' };

/** Whoever has nothing but TLS. */
export const anonymous: Principal = { kind: 'bootstrap', name: '' };

/** A name that fits into a certificate, a log and a path: instance ids have the same characters. */
export function isPrincipalName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name);
}
