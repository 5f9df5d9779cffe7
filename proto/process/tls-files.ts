import type { TlsFiles } from '../channel.ts';
import { ParbakeError } from '../errors.ts';
import { readRequired } from './required-file.ts';

/**
 * Reads what `--tls-ca`, `--tls-cert` and `--tls-key` name.
 * @returns undefined when nothing is named. @throws ParbakeError USAGE when only a part is, FILE_UNREADABLE
 */
export async function readTls(
  paths: Record<'ca' | 'certificate' | 'key', string | undefined>,
): Promise<TlsFiles | undefined> {
  const { ca, certificate, key } = paths;
  if (ca === undefined && certificate === undefined && key === undefined) return undefined;
  if (ca === undefined || certificate === undefined || key === undefined)
    throw new ParbakeError('USAGE', 'TLS needs --tls-ca, --tls-cert and --tls-key');
  const [caPem, certificatePem, keyPem] = await Promise.all([
    readRequired(ca),
    readRequired(certificate),
    readRequired(key),
  ]);
  return { ca: caPem, certificate: certificatePem, key: keyPem };
}
