import { expect, test } from 'vitest';
import { refusalOf } from '../../coordinator/ec2/ec2-refusals.ts';

test.each([
  ['InsufficientInstanceCapacity', 500, 'capacity'],
  ['UnfulfillableCapacity', 400, 'capacity'],
  ['VcpuLimitExceeded', 400, 'quota'],
  ['MaxSpotInstanceCountExceeded', 400, 'quota'],
  ['InsufficientFreeAddressesInSubnet', 400, 'subnet'],
  ['Unsupported', 400, 'unsupported'],
  ['RequestLimitExceeded', 503, 'throttled'],
  ['ThrottlingException', 400, 'throttled'],
  ['SomethingNew', 429, 'throttled'],
  ['InvalidAMIID.NotFound', 400, 'spec'],
  ['InvalidParameterValue', 400, 'spec'],
  ['UnauthorizedOperation', 403, 'spec'],
  ['SomethingNew', 400, 'spec'],
  ['PendingVerification', 400, 'account'],
  ['IdempotentParameterMismatch', 400, 'mismatch'],
  ['InternalError', 500, 'unknown'],
  ['Unavailable', 503, 'unknown'],
  ['SomethingNew', 500, 'unknown'],
  ['RequestExpired', 400, 'unknown'],
  ['', 0, 'unknown'],
])('%s with HTTP %i is %s', (code, status, kind) => {
  expect(refusalOf(code, status)).toBe(kind);
});
