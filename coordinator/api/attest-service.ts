import type { ServerDuplexStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AttestRequest__Output } from '../../proto/gen/parbake/v1/AttestRequest.ts';
import type { AttestResponse } from '../../proto/gen/parbake/v1/AttestResponse.ts';
import type { AttestServiceHandlers } from '../../proto/gen/parbake/v1/AttestService.ts';
import type { IssuedCertificate } from '../../proto/gen/parbake/v1/IssuedCertificate.ts';
import type { Logger } from '../../proto/process/log.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { AttestLimits } from '../trust/attest-limits.ts';
import type { Attestation, Issued } from '../trust/attestation.ts';
import type { CallerOf } from './caller.ts';
import { answerFromProto, renewalFromProto } from './from-proto/attest.ts';
import { streaming, unary } from './handlers.ts';

type AttestStream = ServerDuplexStream<AttestRequest__Output, AttestResponse>;

export interface AttestServiceParts {
  /** Absent when this coordinator issues no certificates. */
  attestation: Attestation | undefined;
  limits: AttestLimits;
  callerOf: CallerOf;
  logger: Logger;
}

export function attestService({
  attestation,
  limits,
  callerOf,
  logger,
}: AttestServiceParts): AttestServiceHandlers {
  const issuing = (): Attestation => {
    if (attestation !== undefined) return attestation;
    throw new ParbakeError('ATTESTATION_REFUSED', 'this coordinator issues no certificates');
  };
  return {
    Attest: streaming(logger, 'Attest', (stream: AttestStream, gone) =>
      limits.run(addressOf(stream.getPeer()), async () => {
        const nonce = issuing().challenge();
        stream.write({ challenge: { nonce, attestors: issuing().attestors } });
        const answer = answerFromProto(await firstMessage(stream, gone));
        const certificate = await issuing().admit(nonce, answer, isLoopback(addressOf(stream.getPeer())));
        stream.write({ certificate: certificateMessage(certificate) });
      }),
    ),
    Renew: unary(logger, 'Renew', async (request, call) => {
      const renewal = renewalFromProto(request);
      const { principal, isClaimed } = callerOf(call);
      const serial = call.getAuthContext().sslPeerCertificate?.serialNumber;
      if (isClaimed || serial === undefined)
        throw new ParbakeError(
          'ATTESTATION_REFUSED',
          'only a certificate that names this instance can be renewed',
        );
      const issued = await issuing().renew(principal.name, serial, renewal);
      return { certificate: certificateMessage(issued) };
    }),
  };
}

/** A stream takes one answer: whoever sends none, or takes too long, is not waited for. */
function firstMessage(stream: AttestStream, gone: AbortSignal): Promise<AttestRequest__Output> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.any([gone, AbortSignal.timeout(deadlines.attest)]);
    const none = (): void => reject(new ParbakeError('REQUEST_INVALID', 'the challenge was not answered'));
    late.addEventListener('abort', none, { once: true });
    stream.once('data', resolve);
    stream.once('end', none);
  });
}

function certificateMessage({ chain, issueTime, expireTime, generation }: Issued): IssuedCertificate {
  return {
    chain: [...chain],
    issueTime: timeOf(issueTime),
    expireTime: timeOf(expireTime),
    generation,
  };
}

/** @param peer such as `10.0.0.7:41234`, `[fd00::7]:41234` or a path. @returns it without the port */
function addressOf(peer: string): string {
  return peer
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/, '');
}

function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || address === '::1';
}
