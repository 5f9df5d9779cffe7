import type { PeerCertificate } from 'node:tls';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { principalText } from '../core/principal.ts';
import type { Principals } from './principal.ts';

/**
 * Lets readers and operators see the page and the metrics: they show everybody's assignments, and agents have certificates
 * of the same CA.
 * @throws ParbakeError UNAUTHENTICATED, PERMISSION_DENIED
 */
export function checkReader(principals: Principals, certificate: PeerCertificate): void {
  const { principal } = principals.identify(certificate.raw, certificate.fingerprint256);
  if (principal.kind !== 'reader' && principal.kind !== 'operator')
    throw new ParbakeError('PERMISSION_DENIED', `${principalText(principal)} may not read this page`);
}
