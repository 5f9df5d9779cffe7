import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AssignmentCertificate__Output } from '../../proto/gen/parbake/v1/AssignmentCertificate.ts';
import { takesCertificate, type ContainerSpec, type Role } from '../../proto/recipe/role.ts';
import type { Desired, Order, OrderCertificate } from '../core/order/order.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { FileOwner } from '../host/durable-file.ts';
import { newPrivateKey } from '../host/private-key.ts';
import type { CertificateFiles } from './certificate-files.ts';

/**
 * The private key of the assignment that this instance carries or will get, in PEM. Made before anybody asks for the
 * instance.
 * @param desired what an earlier run of the agent stored
 * @returns undefined when no role takes a certificate
 */
export function assignmentKey(roles: readonly Role[], desired: Desired): string | undefined {
  if (desired.phase === 'stop' || !roles.some(takesCertificate)) return undefined;
  const kept = desired.phase === 'run' ? desired.order.certificate : undefined;
  return kept?.key ?? newPrivateKey();
}

/** What the coordinator sent, as files have it. @param key the private one, in PEM */
export function certificateFromProto(
  { chain, authorities }: AssignmentCertificate__Output,
  key: string,
): OrderCertificate {
  return { key, chain: chain.map(pem).join(''), authorities: authorities.map(pem).join('') };
}

/**
 * Gives a container its certificate, while nothing but the gate runs in it.
 * @param owner the gate's user; undefined when the gate is not there
 * @throws ParbakeError CERTIFICATE_MISSING, GATE_UNAVAILABLE; the system's own error
 */
export function giveCertificate(
  { name, certificate: path }: ContainerSpec,
  { certificate }: Order,
  files: CertificateFiles,
  place: { key: PlaceKey | undefined; owner: FileOwner | undefined },
): void {
  if (path === undefined) return;
  if (certificate === undefined)
    throw new ParbakeError(
      'CERTIFICATE_MISSING',
      `container ${name} takes a certificate, and the coordinator sent none`,
    );
  if (place.key === undefined || place.owner === undefined)
    throw new ParbakeError('GATE_UNAVAILABLE', `container ${name} has no gate to tell whose its key is`);
  files.write(place.key, certificate, place.owner);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
