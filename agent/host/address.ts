import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { defaultInterface } from './io.ts';
import { readKernelFile } from './kernel-file.ts';

/** What says where this machine's ports are reached, in this order. */
interface AddressSource {
  /** `--address`. */
  given: string | undefined;
  /** From the metadata service; empty when the instance has none. */
  privateIpv4: string;
  ipv6: string;
}

/** What the kernel says about this machine's network. */
export interface NetworkState {
  /** Text of /proc/net/route. */
  routes: string;
  /** Text of /proc/net/ipv6_route. */
  ipv6Routes: string;
  interfaces: NodeJS.Dict<Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[]>;
}

/**
 * Finds out where this machine's ports are reached, at each call until it is known: an address may come late.
 * @param given `--address`
 */
export function ownAddress(
  given: string | undefined,
  metadata: Pick<AddressSource, 'privateIpv4' | 'ipv6'> | undefined,
  look: () => NetworkState = networkState,
): () => string | undefined {
  let known: string | undefined;
  return () => (known ??= addressOf({ given, privateIpv4: '', ipv6: '', ...metadata }, look()));
}

function networkState(): NetworkState {
  return {
    routes: readKernelFile('/proc/net/route') ?? '',
    ipv6Routes: readKernelFile('/proc/net/ipv6_route') ?? '',
    interfaces: networkInterfaces(),
  };
}

/**
 * Where this machine's ports are reached: what was given, what the metadata service says, else the address of the
 * default route's interface; IPv4 before IPv6.
 * @returns undefined when the machine has no such address yet
 */
function addressOf(source: AddressSource, network: NetworkState): string | undefined {
  const { given, privateIpv4, ipv6 } = source;
  const candidates = [given, privateIpv4, defaultIpv4(network), ipv6, defaultIpv6(network)];
  return candidates.find((address) => address !== undefined && address !== '');
}

function defaultIpv4({ routes, interfaces }: NetworkState): string | undefined {
  const addresses = interfaces[defaultInterface(routes) ?? ''] ?? [];
  return addresses.find(({ family }) => family === 'IPv4')?.address;
}

function defaultIpv6({ ipv6Routes, interfaces }: NetworkState): string | undefined {
  const addresses = interfaces[defaultIpv6Interface(ipv6Routes) ?? ''] ?? [];
  // A link-local address cannot be reached from elsewhere.
  return addresses.find(({ family, address }) => family === 'IPv6' && !/^fe[89ab]/i.test(address))?.address;
}

/** Columns of a route in /proc/net/ipv6_route: destination, its prefix length, source, its length, next hop …, interface. */
function defaultIpv6Interface(text: string): string | undefined {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(
    // The kernel lists its own "unreachable" default on the loopback.
    ([destination, length, , , , , , , , name]) =>
      destination === '0'.repeat(32) && length === '00' && name !== undefined && name !== 'lo',
  )?.[9];
}
