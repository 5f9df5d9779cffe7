import { X509Certificate } from 'node:crypto';
import { connect, type PeerCertificate } from 'node:tls';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { reasonOf } from '../../proto/errors/cause.ts';
import { hostOf } from '../../proto/wire/address.ts';
import { identityCheck } from '../../proto/wire/server-identity.ts';
import { isIP } from 'node:net';

/** What a TLS server shows, whether it is trusted or not. */
export interface Shown {
  certificate: X509Certificate;
  /** Why it is not the one that is wanted; absent when it is. */
  distrust?: string;
}

const patience = 5_000;

/**
 * Looks at the certificate of a TLS server.
 * @param ca certificates that it must be signed by. @param name that it must have, where that is not its host
 * @throws ParbakeError COORDINATOR_UNREACHABLE
 */
export function lookAtServer(address: string, ca: Buffer, name: string | undefined): Promise<Shown> {
  const host = hostOf(address);
  const port = Number(/:(\d+)$/.exec(address)?.[1] ?? 443);
  return new Promise((resolve, reject) => {
    // It is looked at, not talked to: what is wrong with it is the answer.
    const socket = connect({
      host,
      port,
      ca,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      // Its names are checked below.
      checkServerIdentity: () => undefined,
      timeout: patience,
    });
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(toUnreachable(address, cause));
    };
    socket.on('timeout', () => fail(new Error(`no answer within ${patience / 1000} s`)));
    socket.on('error', fail);
    socket.on('secureConnect', () => {
      const peer: PeerCertificate = socket.getPeerCertificate(true);
      const untrusted = socket.authorized
        ? undefined
        : `is not signed by the CA in --tls-ca (${reasonOf(socket.authorizationError)})`;
      const misnamed = identityCheck(host, name)(host, peer)?.message;
      socket.destroy();
      const distrust = untrusted ?? misnamed;
      const certificate = new X509Certificate(peer.raw);
      resolve(distrust === undefined ? { certificate } : { certificate, distrust });
    });
  });
}

function toUnreachable(address: string, cause: unknown): ParbakeError {
  return new ParbakeError('COORDINATOR_UNREACHABLE', `${address}: ${toParbakeError(cause).message}`, {
    cause,
  });
}
