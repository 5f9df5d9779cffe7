import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { reasonOf } from '../errors/cause.ts';
import { defined } from '../errors/defined.ts';
import type { TlsFiles } from './channel.ts';
import { ParbakeError } from '../errors/errors.ts';
import { refuseExposed } from '../process/private-file.ts';
import { readRequired } from '../process/required-file.ts';

/**
 * Reads what `--tls-ca`, `--tls-cert` and `--tls-key` name.
 * @param paths with the name in `--tls-name`, of a client that has one
 * @returns undefined when nothing is named. @throws ParbakeError USAGE when only a part is, FILE_UNREADABLE, TLS_INVALID,
 *   KEY_EXPOSED
 */
export async function readTls(
  paths: Record<'ca' | 'certificate' | 'key', string | undefined> & { name?: string | undefined },
): Promise<TlsFiles | undefined> {
  const { ca, certificate, key, name } = paths;
  if ([ca, certificate, key, name].every((given) => given === undefined)) return undefined;
  if (ca === undefined || certificate === undefined || key === undefined)
    throw new ParbakeError('USAGE', 'TLS needs --tls-ca, --tls-cert and --tls-key');
  const [caPem, certificatePem, keyPem] = await Promise.all([
    readRequired(ca),
    readRequired(certificate),
    readRequired(key),
  ]);
  certificateIn(ca, caPem);
  if (!certificateIn(certificate, certificatePem).checkPrivateKey(keyIn(key, keyPem)))
    throw new ParbakeError(
      'TLS_INVALID',
      `the key in ${key} is not that of the certificate in ${certificate}`,
    );
  await refuseExposed(key);
  return { ca: caPem, certificate: certificatePem, key: keyPem, ...defined({ name }) };
}

/** The first one: the TLS library would name neither the file nor what is wrong with it. */
export function certificateIn(path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ParbakeError('TLS_INVALID', `${path} holds no certificate in PEM: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

function keyIn(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new ParbakeError(
      'TLS_INVALID',
      `${path} holds no private key in PEM without a password: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
}
