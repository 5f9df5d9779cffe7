import type { ChannelCredentials } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import { clientCredentials, serverOnlyCredentials, type TlsFiles } from '../../proto/wire/channel.ts';
import { attest, renew, type Evidence } from './attest-call.ts';
import type { AttestBy } from './attest-by.ts';
import { newPrivateKey } from '../host/private-key.ts';
import {
  readOwnIdentity,
  writeOwnIdentity,
  type OwnCertificate,
  type OwnIdentity,
} from './own-certificate.ts';

export interface AttestOptions {
  by: AttestBy;
  /** Where the coordinator takes attestations. */
  attestAddress: string;
  /** Where it takes agents. */
  address: string;
  /** How the agent recognises the coordinator. */
  tls: Pick<TlsFiles, 'ca' | 'name'>;
  env: CommandContext['env'];
  instanceId: string;
  /** The file that holds key and certificate. */
  path: string;
  /** URLs of the metadata service. */
  imds: readonly string[];
  logger: Logger;
  /** From 0 to 1. */
  random: () => number;
}

/** Milliseconds between two tries after the coordinator refused: only a person can change its mind. */
const refusedFor = 60_000;
const refusals = new Set([
  'IDENTITY_CONFLICT',
  'INSTANCE_LOCKED',
  'ATTESTATION_REFUSED',
  'DUPLICATE_IDENTITY',
]);
/** Renewals of a fleet that booted at once must not come at once. */
const [halfLife, spread] = [0.5, 0.1];

/**
 * This instance's own certificate: it proves itself to get one, and renews it before it expires. gRPC says of every fault of
 * TLS that the coordinator is unreachable, so the dates are checked here.
 */
export class AttestedIdentity {
  readonly #options: AttestOptions;
  #identity: OwnIdentity | undefined;
  #isRefused = false;
  /** Called with each new certificate, which the next connection uses. */
  onRenewed: () => void = () => {};

  constructor(options: AttestOptions) {
    this.#options = options;
  }

  /**
   * What to connect with. Without a valid certificate the instance proves itself first.
   * @throws ParbakeError why it could not
   */
  async credentials(): Promise<ChannelCredentials> {
    const { address, tls } = this.#options;
    const { key, certificate } = await this.#valid();
    const files = { ...tls, key: Buffer.from(key), certificate: Buffer.from(certificate.chain) };
    return clientCredentials(address, files);
  }

  /** The coordinator does not accept the certificate: the instance proves itself again before the next connection. */
  refused(): void {
    this.#isRefused = true;
  }

  /** Renews at half of each certificate's lifetime, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, logger } = this.#options;
    try {
      while (!signal.aborted) {
        const certificate = this.#identity?.certificate;
        // Somebody else proves the instance: whoever wants to connect.
        if (certificate === undefined || this.#isRefused || certificate.expireTime <= Date.now()) {
          await pause(1_000, signal);
          continue;
        }
        await pause(untilRenewal(certificate, random(), Date.now()), signal);
        await retry(() => this.#renew(), {
          delay: (failures) => backoff(failures, random(), { first: 1_000, max: 60_000 }),
          signal,
          // An expired certificate cannot be renewed.
          isWorthIt: (cause) => !isRefusal(cause) && certificate.expireTime > Date.now(),
          onRetry: ({ cause, failures }) => {
            if (failures === 1)
              logger.warn(
                { reason: toParbakeError(cause).toReason() },
                'cannot renew the certificate, retrying',
              );
          },
        }).catch((cause: unknown) => {
          if (isAbort(cause)) throw cause;
          logger.error({ reason: toParbakeError(cause).toReason() }, 'the certificate was not renewed');
          this.refused();
        });
      }
    } catch (cause) {
      if (!isAbort(cause)) throw cause;
    }
  }

  async #valid(): Promise<OwnIdentity & { certificate: OwnCertificate }> {
    const { path, instanceId, logger, attestAddress: address, tls, env } = this.#options;
    this.#identity ??= await readOwnIdentity(path, instanceId, logger);
    const { certificate, key } = this.#identity;
    if (certificate !== undefined && !this.#isRefused && certificate.expireTime > Date.now())
      return { ...this.#identity, certificate };
    if (certificate !== undefined)
      logger.info('the certificate is not valid any more, proving the instance again');
    const endpoint = { address, credentials: serverOnlyCredentials(address, tls), env };
    const issued = await attest(endpoint, instanceId, key, (nonce) => this.#evidence(nonce, key)).catch(
      (cause: unknown) => {
        if (!isRefusal(cause)) throw cause;
        const { code, message } = toParbakeError(cause);
        throw new ParbakeError(code, message, { cause, retryAfterMs: refusedFor });
      },
    );
    return await this.#keep({ version: 1, instanceId, key, certificate: issued });
  }

  async #renew(): Promise<void> {
    const { path, address, env } = this.#options;
    const identity = await this.#valid();
    const nextKey = identity.nextKey ?? newPrivateKey();
    // Kept first: a renewal whose answer is lost is repeated with the same key, and anything else is taken for a thief.
    this.#identity = { ...identity, nextKey };
    await writeOwnIdentity(path, this.#identity);
    const endpoint = { address, credentials: await this.credentials(), env };
    const certificate = await renew(endpoint, identity.certificate.generation, nextKey);
    const { instanceId } = identity;
    await this.#keep({ version: 1, instanceId, key: nextKey, certificate });
    this.onRenewed();
  }

  async #keep(identity: OwnIdentity & { certificate: OwnCertificate }) {
    const { generation, expireTime } = identity.certificate;
    await writeOwnIdentity(this.#options.path, identity);
    this.#identity = identity;
    this.#isRefused = false;
    this.#options.logger.info(
      { generation, expires: new Date(expireTime).toISOString() },
      'certificate received',
    );
    return identity;
  }

  async #evidence(nonce: Buffer, key: string): Promise<Evidence> {
    const { by, imds } = this.#options;
    if (by.kind === 'none') return { none: {} };
    // An instance whose key is known needs no token any more.
    if (by.kind === 'join-token')
      return { joinToken: (await readFile(by.file, 'utf8').catch(() => '')).trim() };
    const { awsEvidence } = await import('./aws-evidence.ts');
    return { aws: await awsEvidence(imds, nonce, key) };
  }
}

/** Milliseconds until half of the lifetime is over, give or take a tenth. @param random from 0 to 1 */
export function untilRenewal(
  { issueTime, expireTime }: Pick<OwnCertificate, 'issueTime' | 'expireTime'>,
  random: number,
  now: number,
): number {
  const part = halfLife + spread * (2 * random - 1) * halfLife;
  return Math.max(0, issueTime + part * (expireTime - issueTime) - now);
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof ParbakeError && refusals.has(cause.code);
}
