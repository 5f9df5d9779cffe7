import type { ChannelCredentials } from '@grpc/grpc-js';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AttestRequest } from '../../proto/gen/parbake/v1/AttestRequest.ts';
import type { AttestResponse__Output } from '../../proto/gen/parbake/v1/AttestResponse.ts';
import type { IssuedCertificate__Output } from '../../proto/gen/parbake/v1/IssuedCertificate.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { clientOptions } from '../../proto/wire/channel.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { certificateRequest } from './certificate-request.ts';
import type { OwnCertificate } from './own-certificate.ts';

/** Where a coordinator answers, and how it is known to be the right one. */
export interface Endpoint {
  address: string;
  credentials: ChannelCredentials;
  env: CommandContext['env'];
}

/** What a proof is made of once the coordinator has sent its nonce. */
export type Evidence = Pick<AttestRequest, 'joinToken' | 'aws' | 'none'>;

/**
 * Answers the coordinator's challenge. @param key PEM. @param evidenceFor makes the evidence for one nonce
 * @throws ParbakeError why the coordinator refused, or was not reached
 */
export async function attest(
  { address, credentials, env }: Endpoint,
  instanceId: string,
  key: string,
  evidenceFor: (nonce: Buffer) => Promise<Evidence>,
): Promise<OwnCertificate> {
  const { AttestService } = parbakeV1('AttestService');
  const client = new AttestService(address, credentials, clientOptions(address, env));
  const stream = client.attest({ deadline: Date.now() + deadlines.attest });
  try {
    return await new Promise((resolve, reject) => {
      const answer = async (nonce: Buffer): Promise<void> => {
        const request = certificateRequest(createPrivateKey(key), nonce.toString('base64url'));
        const evidence = await evidenceFor(nonce);
        stream.write({ certificateRequest: request, instanceId, ...evidence });
        stream.end();
      };
      stream.on('data', ({ challenge, certificate }: AttestResponse__Output) => {
        if (challenge) answer(Buffer.from(challenge.nonce)).catch(reject);
        else if (certificate) resolve(ownCertificate(certificate, key));
      });
      stream.on('error', (cause) => reject(fromStatus(cause)));
      stream.on('end', () => reject(unreachable('ended the attestation without an answer')));
    });
  } finally {
    // What it still says concerns nobody.
    stream.on('error', () => {});
    stream.cancel();
    client.close();
  }
}

/** Renews a certificate. @param key the new one, PEM. @throws ParbakeError as `attest` */
export async function renew(
  { address, credentials, env }: Endpoint,
  generation: number,
  key: string,
): Promise<OwnCertificate> {
  const { AttestService } = parbakeV1('AttestService');
  const client = new AttestService(address, credentials, clientOptions(address, env));
  const request = { certificateRequest: certificateRequest(createPrivateKey(key), undefined), generation };
  try {
    const certificate = await new Promise<IssuedCertificate__Output | null | undefined>((resolve, reject) => {
      client.renew(request, { deadline: Date.now() + deadlines.renew }, (error, response) => {
        if (error === null) resolve(response?.certificate);
        else reject(fromStatus(error));
      });
    });
    if (!certificate) throw unreachable('answered without a certificate');
    return ownCertificate(certificate, key);
  } finally {
    client.close();
  }
}

function ownCertificate(
  { chain, issueTime, expireTime, generation }: IssuedCertificate__Output,
  key: string,
): OwnCertificate {
  try {
    const certificates = chain.map((der) => new X509Certificate(der));
    if (certificates[0]?.checkPrivateKey(createPrivateKey(key)) !== true)
      throw new Error('it is for another key');
    return {
      chain: certificates.map(String).join(''),
      generation,
      issueTime: Math.round(millisecondsOf(issueTime) ?? Number.NaN),
      expireTime: Math.round(millisecondsOf(expireTime) ?? Number.NaN),
    };
  } catch (cause) {
    throw unreachable(`sent an invalid certificate: ${reasonOf(cause)}`, cause);
  }
}

function unreachable(what: string, cause?: unknown): ParbakeError {
  return new ParbakeError('COORDINATOR_UNREACHABLE', `the coordinator ${what}`, { cause });
}
