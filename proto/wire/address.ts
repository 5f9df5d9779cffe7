import { isIPv4 } from 'node:net';
import { ParbakeError } from '../errors/errors.ts';

/** Whether a gRPC address is on this machine: a `unix:` path, or loopback. */
export function isLocal(address: string): boolean {
  return address.startsWith('unix:') || isLoopback(address);
}

/**
 * Whether `host` or `host:port` is loopback: 127.0.0.0/8, [::1], or `localhost`. Any other name may resolve to anything.
 * Not for gRPC addresses, where `unix:8080` is a path: here it is a machine named unix.
 */
export function isLoopback(address: string): boolean {
  const host = address.replace(/:\d{1,5}$/, '').toLowerCase();
  return (isIPv4(host) && host.startsWith('127.')) || host === '[::1]' || host === 'localhost';
}

/** @throws ParbakeError INSECURE_ADDRESS unless plaintext stays on this machine */
export function refusePlaintext(address: string, isAllowed: (address: string) => boolean = isLocal): void {
  if (isAllowed(address)) return;
  throw new ParbakeError(
    'INSECURE_ADDRESS',
    `${address} is not a loopback address, so plaintext is refused there`,
  );
}

/** Without the port, and without the brackets of an IPv6 address. */
export function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}
