import { ServerCredentials } from '@grpc/grpc-js';
import type { CertificateTickets } from '../json/gateway.ts';
import type { Principals } from '../trust/principal.ts';
import type { Tickets } from '../trust/tickets.ts';
import type { Listener } from './server.ts';

/**
 * Where this program itself calls its gRPC, for callers over HTTP. A port of loopback needs no file, which a read-only container
 * could not make; whoever else reaches it needs a token, as everywhere.
 */
export function ownListener(): Listener {
  return { address: '127.0.0.1:0', credentials: ServerCredentials.createInsecure(), door: 'api' };
}

/** Gives a certificate that TLS has checked a ticket, with which its holder's call passes. */
export function ticketsFor(tickets: Tickets, principals: Pick<Principals, 'identify'>): CertificateTickets {
  return {
    issue: ({ raw, fingerprint256 }) => tickets.issue(principals.identify(raw, fingerprint256)),
    withdraw: (ticket) => tickets.withdraw(ticket),
  };
}
