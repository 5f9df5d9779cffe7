import type { Metadata } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Caller } from '../core/principal.ts';
import { required } from './from-proto/parts.ts';

/** Who makes a call, as it was proven before the call got to its handler. */
export type CallerOf = (call: { metadata: Metadata }) => Caller;

/**
 * The instance that an agent speaks for: that of its certificate. A message may repeat the id, never choose it.
 * @param field of the message, for what is said when it is wrong
 * @throws ParbakeError PERMISSION_DENIED, REQUEST_INVALID
 */
export function instanceOf({ principal, isClaimed }: Caller, field: string, said: string): string {
  if (isClaimed) return required(field, said, 128);
  if (said !== '' && said !== principal.name)
    throw new ParbakeError(
      'PERMISSION_DENIED',
      `the certificate belongs to instance ${principal.name}, and ${field} names another`,
    );
  return principal.name;
}
