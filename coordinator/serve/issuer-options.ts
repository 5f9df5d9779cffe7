import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { Issuer } from '../trust/issuer.ts';
import type { serveDeclaration } from './serve-declaration.ts';

/** The CA that this coordinator issues certificates with. */
export interface IssuerOptions {
  issuer: Issuer;
  /** The roots that verify what it issues, in DER. */
  authorities: readonly Buffer[];
}

type Values = Pick<ValuesOf<typeof serveDeclaration>, 'ca' | 'issuerCert' | 'issuerKey'>;

/**
 * @param trusted what peers' certificates are verified with, in PEM
 * @returns undefined when this coordinator issues no certificates. @throws ParbakeError USAGE, TLS_INVALID, FILE_UNREADABLE
 */
export async function readIssuerOptions(
  { ca, issuerCert, issuerKey }: Values,
  trusted: Buffer | undefined,
): Promise<IssuerOptions | undefined> {
  const certificate = ca === undefined ? issuerCert : join(ca, 'ca.pem');
  const key = ca === undefined ? issuerKey : join(ca, 'ca.key');
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined)
    throw new ParbakeError('USAGE', '--issuer-cert and --issuer-key go together: give both');
  // Reading certificates takes a library that only coordinators need that issue them.
  const { certificatesIn, readIssuer } = await import('../trust/issuer.ts');
  const [pem, keyPem] = await Promise.all([readRequired(certificate), readRequired(key)]);
  const issuer = readIssuer(pem, keyPem);
  const roots = certificatesIn(trusted ?? pem).filter((one) => one.checkIssued(one));
  return { issuer, authorities: roots.map(({ raw }) => raw) };
}
