import { BlockList, isIP } from 'node:net';
import type { InsecureRegistries } from '../docker/engine.ts';

/** @param domain as in an image reference */
export function isInsecure(domain: string, { networks, hosts }: InsecureRegistries): boolean {
  if (hosts.includes(domain)) return true;
  const host = domain.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost') return true;
  const family = isIP(host);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    const kind = isIP(address);
    if (kind === family && /^\d+$/.test(bits))
      list.addSubnet(address, Number(bits), kind === 6 ? 'ipv6' : 'ipv4');
  }
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
