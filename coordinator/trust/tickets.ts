import { randomBytes } from 'node:crypto';
import type { Identity } from './principal.ts';

/** So that it cannot be taken for a token. */
const prefix = 'ticket_';

/**
 * A ticket stands for somebody whom another listener of this program has recognised, while it passes one call on to gRPC.
 * Nobody outside of the program ever sees one.
 */
export class Tickets {
  readonly #identities = new Map<string, Identity>();

  issue(identity: Identity): string {
    const ticket = `${prefix}${randomBytes(32).toString('base64url')}`;
    this.#identities.set(ticket, identity);
    return ticket;
  }

  withdraw(ticket: string): void {
    this.#identities.delete(ticket);
  }

  /** @returns undefined for anything but a ticket in use */
  identify(ticket: string): Identity | undefined {
    return this.#identities.get(ticket);
  }
}
