import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { InsecureRegistries } from '../docker/engine.ts';
import { isInNetwork } from '../../proto/process/proxy.ts';

/**
 * Whether the Engine talks to a registry without TLS, or without checking its certificate: by its name, or by an address
 * that the name resolves to.
 * @param domain as in an image reference
 */
export async function isInsecure(domain: string, { networks, hosts }: InsecureRegistries): Promise<boolean> {
  if (hosts.includes(domain)) return true;
  const host = domain.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
  return addresses.some((address) => networks.some((network) => isInNetwork(address, network)));
}

/** A name that does not resolve here may still be reached through a proxy. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
