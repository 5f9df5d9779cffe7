import { BlockList, isIP, isIPv6 } from 'node:net';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Endpoint } from '../core/model.ts';
import type { Caller } from '../core/principal.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Where an instance's containers may answer: at the address that its agent calls from, and where EC2 says that it is. An
 * agent that could name any address would receive other users' traffic, or send them anywhere.
 */
export class OwnAddresses {
  readonly #address: string;
  readonly #lookUp: () => Promise<readonly string[]>;
  readonly #known = new Set<string>();

  /** @param lookUp what EC2 says, asked for once and only for an agent that calls from another address */
  constructor({ address }: Caller, lookUp: () => Promise<readonly string[]>) {
    this.#address = address;
    this.#lookUp = lookUp;
    if (address !== '') this.#known.add(comparable(address));
  }

  /** @throws ParbakeError PERMISSION_DENIED for the first endpoint that is elsewhere */
  async check(endpoints: readonly Endpoint[]): Promise<void> {
    // Whoever runs on the coordinator's own machine is not known by its address.
    if (this.#address === '' || isLoopback(this.#address) || this.#foreign(endpoints) === undefined) return;
    for (const address of await this.#lookUp()) this.#known.add(comparable(address));
    const foreign = this.#foreign(endpoints);
    if (foreign !== undefined)
      throw new ParbakeError(
        'PERMISSION_DENIED',
        `an endpoint is at ${foreign.host.slice(0, 64)}, and the agent calls from ${this.#address}`,
      );
  }

  #foreign(endpoints: readonly Endpoint[]): Endpoint | undefined {
    return endpoints.find(({ host }) => !this.#known.has(comparable(host)));
  }
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** One text for each address: IPv6 has several. */
function comparable(host: string): string {
  return isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host;
}
