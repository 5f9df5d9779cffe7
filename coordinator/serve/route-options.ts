import { BlockList, isIP } from 'node:net';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import { hostOf } from '../../proto/wire/address.ts';
import { hostNameProblem, Zones } from '../core/route-name.ts';
import type { serveDeclaration } from './serve-declaration.ts';

export interface RouteOptions {
  zones: Zones;
  /** `host:port` of each DNS listener. */
  dns: string[];
  haproxy: HaproxyOptions[];
  /** Names of publishers that read WatchRoutes. */
  external: string[];
}

export interface HaproxyOptions {
  /** Path or host:port. */
  socket: string;
  /** The map's file, as the configuration names it. */
  map: string;
}

type Given = Pick<ValuesOf<typeof serveDeclaration>, 'zone' | 'publisher' | 'dns' | 'dnsPublic' | 'haproxy'>;

/**
 * @param ownNames the coordinator's own: no assignment gets them
 * @throws ParbakeError USAGE, INSECURE_ADDRESS
 */
export function readRouteOptions(
  { zone, publisher, dns, dnsPublic, haproxy }: Given,
  ownNames: readonly string[] = [],
): RouteOptions {
  for (const name of zone) {
    const problem = hostNameProblem(name);
    if (problem !== undefined) throw new ParbakeError('USAGE', `--zone "${name}" ${problem}`);
  }
  const misnamed = publisher.find((name) => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name));
  if (misnamed !== undefined)
    throw new ParbakeError(
      'USAGE',
      `--publisher "${misnamed}" is not a name: 1 to 63 lower-case letters, digits and hyphens`,
    );
  if (zone.length === 0 && publisher.length + dns.length + haproxy.length > 0)
    throw new ParbakeError(
      'USAGE',
      '--dns, --haproxy and --publisher need a --zone: without one there are no routes',
    );
  for (const address of dns) if (!dnsPublic) refusePublic(address);
  return {
    zones: new Zones([...new Set(zone)], ownNames),
    dns: [...new Set(dns)],
    haproxy: haproxy.map(haproxyOf),
    external: [...new Set(publisher)],
  };
}

function haproxyOf(given: string): HaproxyOptions {
  const [, socket = '', map = ''] = /^([^=\s]+)=(\/[^\s;]+)$/.exec(given) ?? [];
  if (map === '')
    throw new ParbakeError('USAGE', `--haproxy "${given}": give SOCKET=MAP, the map by its absolute path`);
  return { socket, map };
}

/** What can be reached from a network of the operator's only. */
const privateAddresses = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4');
privateAddresses.addAddress('::1', 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');
privateAddresses.addSubnet('fe80::', 10, 'ipv6');

/** @throws ParbakeError USAGE, INSECURE_ADDRESS */
function refusePublic(address: string): void {
  const host = hostOf(address);
  const version = isIP(host);
  if (version === 0)
    throw new ParbakeError('USAGE', `--dns takes an IP address and a port, not "${address}"`);
  if (!privateAddresses.check(host, version === 6 ? 'ipv6' : 'ipv4'))
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      `${address} is not a private address: give --dns-public if everybody may ask for names`,
    );
}
