import type { AssignmentCertificate as Message } from '../../proto/gen/parbake/v1/AssignmentCertificate.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Assignment } from '../core/model.ts';
import type { AssignmentCertificate, AssignmentCertificates } from '../trust/assignment-certificates.ts';

/** The certificate of the assignment that one session carries: issued with its order, and again at half of its lifetime. */
export class SessionCertificate {
  readonly #certificates: AssignmentCertificates | undefined;
  readonly #logger: Logger;
  /** The agent's public key for its assignment; undefined when none of its roles takes a certificate. */
  #spki: Buffer | undefined;
  #issued: { assignment: Assignment; certificate: AssignmentCertificate } | undefined;

  /** @param certificates absent where this coordinator issues none */
  constructor(certificates: AssignmentCertificates | undefined, logger: Logger) {
    this.#certificates = certificates;
    this.#logger = logger;
  }

  /**
   * Takes the agent's key. @param request empty for none
   * @throws ParbakeError ATTESTATION_INVALID
   */
  takeKey(request: Uint8Array, { instanceId, sessionId }: { instanceId: string; sessionId: string }): void {
    if (request.length === 0) return;
    if (this.#certificates === undefined)
      this.#logger.warn({ instanceId }, 'a role takes a certificate, and this coordinator issues none');
    this.#spki = this.#certificates?.keyIn(request, sessionId);
  }

  /** @returns null when the agent has no key, or this coordinator issues no certificates */
  forOrder(assignment: Assignment): Message | null {
    if (this.#certificates === undefined || this.#spki === undefined) return null;
    const certificate = this.#certificates.issue(assignment, this.#spki);
    this.#issued = { assignment, certificate };
    const { assignmentId, serial, expireTime } = certificate;
    this.#logger.info(
      { assignmentId, serial, expires: new Date(expireTime).toISOString() },
      'certificate issued',
    );
    return certificateMessage(certificate);
  }

  /** The instance carries no assignment any more. */
  forget(): void {
    this.#issued = undefined;
  }

  /** @returns undefined while there is none to replace */
  renewed(now: number): Message | undefined {
    if (this.#issued === undefined || now < this.#issued.certificate.renewTime) return undefined;
    return this.forOrder(this.#issued.assignment) ?? undefined;
  }
}

function certificateMessage({
  assignmentId,
  chain,
  authorities,
  expireTime,
}: AssignmentCertificate): Message {
  return {
    assignmentId,
    chain: [...chain],
    authorities: [...authorities],
    expireTime: timeOf(expireTime),
  };
}
