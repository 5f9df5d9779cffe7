import { randomBytes, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { attestationChallenge } from '../../proto/wire/caller-identity.ts';
import type { Ec2Facts } from '../core/model.ts';
import type { Attestor, TrustDecision } from '../core/trust.ts';
import type { TrustUseCases } from '../store/trust.ts';
import type { KnownSerials } from './active-serials.ts';
import { agentUri, isInstanceId } from './agent-uri.ts';
import { isEc2InstanceId, isRegion, verifyIdentityDocument } from './aws-evidence.ts';
import { verifyCallerIdentity, type CallerIdentityProof, type StsEndpoint } from './caller-identity.ts';
import { keyFingerprint, readCertificateRequest, type ProvenKey } from './certificate-request.ts';
import { issueCertificate, type Issuer } from './issuer.ts';
import { joinTokenHash } from './join-token.ts';
import { refusalOf, type AttestationPolicy, type AwsIdentity, type AwsProof } from './policy.ts';

/** What an instance shows beside its certificate request. */
export type Evidence =
  | { kind: 'join-token'; token: string }
  | { kind: 'aws'; identityDocument: string; callerIdentity: CallerIdentityProof | undefined }
  | { kind: 'none' };

/** An instance's answer to a challenge. */
export interface Answer {
  /** In DER. */
  certificateRequest: Uint8Array;
  instanceId: string;
  evidence: Evidence;
}

/** A certificate for an instance. */
export interface Issued {
  /** In DER, the instance's own first. */
  chain: readonly Buffer[];
  /** Milliseconds since the epoch. */
  issueTime: number;
  expireTime: number;
  generation: number;
}

/** What a coordinator needs to admit instances of EC2. */
export interface AwsTrust {
  policy: AttestationPolicy;
  certificates: ReadonlyMap<string, X509Certificate>;
  sts: StsEndpoint;
  /** Asks EC2 about an instance; absent when the coordinator does not use EC2. Throws ATTESTATION_UNAVAILABLE. */
  lookUp?: (instanceId: string, region: string) => Promise<Ec2Facts>;
}

/** Is told what became of each attestation. */
export interface TrustObserver {
  /** @param outcome `admitted`, or the code of an error */
  attested(attestor: Attestor, outcome: string): void;
  /** Two keys claim to be one instance. */
  identityConflict(): void;
}

export interface AttestationParts {
  store: TrustUseCases;
  serials: KnownSerials;
  issuer: Issuer;
  trustDomain: string;
  /** Milliseconds that a certificate is valid. */
  lifetime: number;
  /** Absent unless the operator gave a policy. */
  aws?: AwsTrust;
  /** Admit whatever connects from this machine itself. */
  isNoneAllowed: boolean;
  observer: TrustObserver;
  /** Milliseconds since the epoch. */
  now: () => number;
  logger: Logger;
}

/** Decides who gets a certificate, and issues it. */
export class Attestation {
  readonly #parts: AttestationParts;

  constructor(parts: AttestationParts) {
    this.#parts = parts;
  }

  /** The kinds of evidence that are accepted. */
  get attestors(): Attestor[] {
    const { aws, isNoneAllowed } = this.#parts;
    return [
      'join-token',
      ...(aws === undefined ? [] : ['aws' as const]),
      ...(isNoneAllowed ? ['none' as const] : []),
    ];
  }

  /** What an instance has to sign; worth nothing but on the stream that it is sent on. */
  challenge(): Buffer {
    return randomBytes(32);
  }

  /**
   * Admits an instance that answered a challenge. The cheapest checks come first.
   * @param nonce from `challenge`. @param isLoopback whether it calls from this machine
   * @throws ParbakeError ATTESTATION_INVALID, ATTESTATION_REFUSED, ATTESTATION_UNAVAILABLE, JOIN_TOKEN_INVALID,
   *   IDENTITY_CONFLICT, DUPLICATE_IDENTITY, INSTANCE_LOCKED, STORE_FAILED
   */
  async admit(nonce: Uint8Array, answer: Answer, isLoopback: boolean): Promise<Issued> {
    const { observer } = this.#parts;
    try {
      const issued = await this.#admit(nonce, answer, isLoopback);
      observer.attested(answer.evidence.kind, 'admitted');
      return issued;
    } catch (cause) {
      observer.attested(answer.evidence.kind, cause instanceof ParbakeError ? cause.code : 'INTERNAL');
      throw cause;
    }
  }

  async #admit(nonce: Uint8Array, answer: Answer, isLoopback: boolean): Promise<Issued> {
    const { store, now } = this.#parts;
    const { instanceId, evidence } = answer;
    if (!this.attestors.includes(evidence.kind))
      throw new ParbakeError('ATTESTATION_REFUSED', `this coordinator does not accept ${evidence.kind}`);
    if (!isInstanceId(instanceId))
      throw new ParbakeError('ATTESTATION_INVALID', 'the instance id is invalid');
    const key = readCertificateRequest(answer.certificateRequest);
    if (!isAnswerTo(nonce, key))
      throw new ParbakeError('ATTESTATION_INVALID', 'the certificate request does not answer the challenge');
    const proof = await this.#verify(nonce, key, answer, isLoopback);
    const time = now();
    const certificate = this.#sign(instanceId, key, time);
    const proven = {
      instanceId,
      attestor: evidence.kind,
      keyHash: keyFingerprint(key.spki),
      time,
      accountId: '',
      pendingTime: 0,
      ...proof.facts,
      serial: certificate.serial,
    };
    const decision = await store.attest(proven, proof.tokenHash, time);
    return this.#settled(instanceId, decision, certificate);
  }

  /**
   * Renews the certificate of an instance.
   * @param instanceId and @param currentSerial from the certificate that the call was made with
   * @throws ParbakeError ATTESTATION_INVALID, IDENTITY_CONFLICT, INSTANCE_LOCKED, STORE_FAILED
   */
  async renew(
    instanceId: string,
    currentSerial: string,
    renewal: { certificateRequest: Uint8Array; generation: number },
  ): Promise<Issued> {
    const { store, now } = this.#parts;
    const key = readCertificateRequest(renewal.certificateRequest);
    const time = now();
    const certificate = this.#sign(instanceId, key, time);
    const decision = await store.renew(
      instanceId,
      {
        currentSerial,
        generation: renewal.generation,
        keyHash: keyFingerprint(key.spki),
        serial: certificate.serial,
        time,
      },
      time,
    );
    return this.#settled(instanceId, decision, certificate);
  }

  #sign(instanceId: string, { spki }: ProvenKey, now: number) {
    const { issuer, trustDomain, lifetime } = this.#parts;
    // Nothing in it but the public key comes from the agent.
    const uri = agentUri(trustDomain, instanceId);
    return issueCertificate(issuer, { spki, uri, usages: ['clientAuth'], now, lifetime });
  }

  #settled(
    instanceId: string,
    decision: TrustDecision,
    { certificate, expireTime }: { certificate: Buffer; expireTime: number },
  ): Issued {
    const { serials, issuer, observer, now, logger } = this.#parts;
    if (decision.trust !== undefined) serials.put(decision.trust);
    if (decision.kind === 'refused') {
      const { code, message, isConflict } = decision;
      if (isConflict) {
        observer.identityConflict();
        logger.error({ instanceId, code, reason: message }, 'identity conflict');
      }
      throw new ParbakeError(code, message);
    }
    const { generation } = decision.trust;
    logger.info({ instanceId, generation }, 'certificate issued');
    return { chain: [certificate, ...issuer.chain], issueTime: now(), expireTime, generation };
  }

  async #verify(
    nonce: Uint8Array,
    key: ProvenKey,
    { instanceId, evidence }: Answer,
    isLoopback: boolean,
  ): Promise<{ tokenHash?: string; facts?: { accountId: string; pendingTime: number } }> {
    if (evidence.kind === 'aws') return { facts: await this.#verifyAws(nonce, key, instanceId, evidence) };
    if (isEc2InstanceId(instanceId))
      throw new ParbakeError(
        'ATTESTATION_REFUSED',
        `${instanceId} is the name of an EC2 instance, which only EC2 can prove`,
      );
    // An instance whose key is known needs no token, and the store decides who that is.
    if (evidence.kind === 'join-token') return { tokenHash: joinTokenHash(evidence.token) ?? '' };
    if (!isLoopback)
      throw new ParbakeError('ATTESTATION_REFUSED', 'without evidence, an instance must be on this machine');
    return {};
  }

  async #verifyAws(
    nonce: Uint8Array,
    { spki }: ProvenKey,
    instanceId: string,
    { identityDocument, callerIdentity }: Evidence & { kind: 'aws' },
  ): Promise<{ accountId: string; pendingTime: number }> {
    const { aws, store, now } = this.#parts;
    if (aws === undefined) throw new ParbakeError('ATTESTATION_REFUSED', 'there is no policy for AWS');
    const document =
      identityDocument === '' ? undefined : verifyIdentityDocument(identityDocument, aws.certificates);
    const called = callerIdentity?.region;
    // Only addresses of the operator's own regions are ever called, and only the one that the document names.
    if (called !== undefined && (!aws.certificates.has(called) || called !== (document?.region ?? called)))
      throw new ParbakeError(
        'ATTESTATION_REFUSED',
        `the call of ${instanceId} is for STS in ${printableRegion(called)}, which is not its region`,
      );
    const challenge = attestationChallenge(nonce, spki);
    const caller =
      callerIdentity === undefined
        ? undefined
        : await verifyCallerIdentity(callerIdentity, challenge, { now: now(), endpoint: aws.sts });
    const proofs: AwsProof[] = [
      ...(document === undefined ? [] : ['aws-iid' as const]),
      ...(caller === undefined ? [] : ['aws-sts' as const]),
    ];
    const accountId = document?.accountId ?? caller?.accountId;
    const region = document?.region ?? callerIdentity?.region;
    if (accountId === undefined || region === undefined)
      throw new ParbakeError('ATTESTATION_INVALID', `${instanceId} shows no evidence`);
    for (const proof of [document, caller])
      if (proof !== undefined && (proof.instanceId !== instanceId || proof.accountId !== accountId))
        throw new ParbakeError(
          'ATTESTATION_INVALID',
          `the evidence is that of ${proof.instanceId} in account ${proof.accountId}, not of ${instanceId}`,
        );
    const ec2 = await aws.lookUp?.(instanceId, region);
    const identity: AwsIdentity = {
      accountId,
      instanceId,
      region,
      proofs,
      ...defined({ imageId: document?.imageId, pendingTime: document?.pendingTime }),
    };
    const refusalWhen = (isFirst: boolean): string | undefined =>
      refusalOf(aws.policy, { identity, ec2, isFirst, now: now() });
    // Whoever may join for the first time may join again: the store is asked only about the others.
    const isWelcome = refusalWhen(true) === undefined;
    const refusal = isWelcome ? undefined : refusalWhen((await store.trust(instanceId)) === undefined);
    if (refusal !== undefined) throw new ParbakeError('ATTESTATION_REFUSED', refusal);
    return { accountId, pendingTime: document?.pendingTime ?? 0 };
  }
}

/** What an instance sent may be anything. */
function printableRegion(region: string): string {
  return isRegion(region) ? region : 'an invalid region';
}

function isAnswerTo(nonce: Uint8Array, { challenge = '' }: ProvenKey): boolean {
  const wanted = Buffer.from(Buffer.from(nonce).toString('base64url'));
  const given = Buffer.from(challenge);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
