import type { RefusalKind } from '../core/pool/provider.ts';

/** EC2's error codes by what follows from them. A code that ends with `*` stands for all that begin so. */
const codes: Readonly<Record<Exclude<RefusalKind, 'unknown'>, readonly string[]>> = {
  throttled: [
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'EC2ThrottledException',
    'Throttling*',
    'ThrottledException',
    'SlowDown',
    'BandwidthLimitExceeded',
  ],
  capacity: [
    'InsufficientInstanceCapacity',
    'InsufficientHostCapacity',
    'InsufficientReservedInstanceCapacity',
    'InsufficientCapacity',
    'UnfulfillableCapacity',
    'SpotMaxPriceTooLow',
  ],
  quota: [
    'MaxSpotInstanceCountExceeded',
    'VcpuLimitExceeded',
    'InstanceLimitExceeded',
    'VolumeLimitExceeded',
    'MaxIOPSLimitExceeded',
    'AddressLimitExceeded',
  ],
  subnet: ['InsufficientFreeAddressesInSubnet', 'InsufficientAddressCapacity'],
  unsupported: ['Unsupported', 'UnsupportedOperation'],
  account: ['PendingVerification', 'Blocked', 'OptInRequired', 'AccountDisabled'],
  mismatch: ['IdempotentParameterMismatch', 'IdempotentInstanceTerminated'],
  spec: [
    'Invalid*',
    'Missing*',
    'Malformed*',
    'Unauthorized*',
    'AuthFailure',
    'AccessDenied*',
    'UnknownParameter',
    'NotExportable',
    'EncodedAuthorizationMessage',
    'SignatureDoesNotMatch',
  ],
};

const exact = new Map<string, RefusalKind>();
const prefixes: [string, RefusalKind][] = [];
for (const [kind, listed] of Object.entries(codes) as [RefusalKind, readonly string[]][])
  for (const code of listed)
    if (code.endsWith('*')) prefixes.push([code.slice(0, -1), kind]);
    else exact.set(code, kind);

/** Credentials and clocks are mended behind our back, so the same call is made again. */
const transient = new Set([
  'RequestExpired',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
]);

/**
 * What an error of EC2 says about the call.
 * @param code its own code; empty when the answer never came
 * @param status of HTTP; 0 when there was none. A code that nobody knows is a definite refusal only below 500
 */
export function refusalOf(code: string, status: number): RefusalKind {
  if (transient.has(code)) return 'unknown';
  const known = exact.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (known !== undefined) return known;
  if (status === 429) return 'throttled';
  return code !== '' && status >= 400 && status < 500 ? 'spec' : 'unknown';
}
