import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment } from '../core/model.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { issueCertificate, type Issuer } from './issuer.ts';

/** A certificate for an assignment's host names; see AssignmentCertificate in agent.proto. */
export interface AssignmentCertificate {
  assignmentId: string;
  /** In DER, its own first. */
  chain: readonly Buffer[];
  /** The roots that verify it, in DER. */
  authorities: readonly Buffer[];
  /** Milliseconds since the epoch. */
  expireTime: number;
  /** When it should be replaced, in milliseconds since the epoch. */
  renewTime: number;
  /** As `X509Certificate.serialNumber` prints it. */
  serial: string;
}

export interface AssignmentCertificatesParts {
  issuer: Issuer;
  /** What clients should trust, in DER. */
  authorities: readonly Buffer[];
  trustDomain: string;
  /** Milliseconds that an agent's own certificate is valid: no assignment's is valid for longer. */
  agentLifetime: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Milliseconds. Nobody asks whether a certificate was revoked, so one whose key was copied out of a container dies by
 * itself soon after its assignment.
 */
const longestLifetime = 3_600_000;

/** Issues certificates for what assignments serve. */
export class AssignmentCertificates {
  readonly #parts: AssignmentCertificatesParts;
  readonly #lifetime: number;
  #isWarm = false;

  constructor(parts: AssignmentCertificatesParts) {
    this.#parts = parts;
    this.#lifetime = Math.min(longestLifetime, parts.agentLifetime);
  }

  /**
   * Reads whose key an agent wants certificates for. It proves that it has the key, on this very session.
   * @param request PKCS #10 in DER, hostile. @param sessionId the challenge that it must have signed
   * @returns SubjectPublicKeyInfo in DER. @throws ParbakeError ATTESTATION_INVALID
   */
  keyIn(request: Uint8Array, sessionId: string): Buffer {
    const { spki, challenge } = readCertificateRequest(request);
    if (challenge !== sessionId)
      throw new ParbakeError('ATTESTATION_INVALID', 'the certificate request was made for another session');
    // The first certificate of a process takes ten times as long as the next, and nobody waits for this one.
    if (!this.#isWarm) this.issue({ assignmentId: 'warm-up', routes: [] }, spki);
    this.#isWarm = true;
    return spki;
  }

  /** Takes well under a millisecond: an order waits for it. @param spki from `keyIn` */
  issue(
    { assignmentId, routes }: Pick<Assignment, 'assignmentId' | 'routes'>,
    spki: Buffer,
  ): AssignmentCertificate {
    const { issuer, authorities, trustDomain, now: clock } = this.#parts;
    const now = clock();
    const { certificate, serial, expireTime } = issueCertificate(issuer, {
      spki,
      uri: `spiffe://${trustDomain}/assignment/${assignmentId}`,
      hosts: [...new Set(routes.map(({ name }) => name))],
      usages: ['serverAuth', 'clientAuth'],
      now,
      lifetime: this.#lifetime,
    });
    const chain = [certificate, ...issuer.chain];
    const renewTime = now + (expireTime - now) / 2;
    return { assignmentId, chain, authorities, expireTime, renewTime, serial };
  }
}
