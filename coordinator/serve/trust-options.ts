import { existsSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { certificateIn } from '../../proto/wire/tls-files.ts';
import { isLocal } from '../../proto/wire/address.ts';
import { checkHost, makeAuthority, reissueCertificate } from '../trust/certificates.ts';
import type { Issuer } from '../trust/issuer.ts';
import type { AttestationPolicy } from '../trust/policy.ts';
import type { serveDeclaration } from './serve-declaration.ts';

type Values = ValuesOf<typeof serveDeclaration>;

/** How instances get certificates from this coordinator. */
export interface TrustOptions {
  issuer: Issuer;
  /** Milliseconds that an agent's certificate is valid. */
  lifetime: number;
  aws: { policy: AttestationPolicy; certificates: ReadonlyMap<string, X509Certificate> } | undefined;
  isNoneAllowed: boolean;
  /** Where a join token for a first agent is written at the start. */
  joinTokenFile: string | undefined;
}

/** Milliseconds. A pool that is away for a day comes back with its certificates; a stolen one dies by itself. */
const usualLifetime = 86_400_000;

/** The TLS files that the options name, or those of the CA that the coordinator keeps for itself. */
export interface TlsPaths {
  ca: string | undefined;
  certificate: string | undefined;
  key: string | undefined;
}

/**
 * Without a CA that a package presets (`PARBAKE_DEFAULT_CA`) where nothing needs one: nothing is served with TLS, or the operator
 * gave certificates.
 */
export function withoutUnusedCa(values: Values, { ca }: Settings, isTls: boolean): Values {
  const { tlsCa, tlsCert, tlsKey, issuerCert, issuerKey } = values;
  const isGiven = (tlsCa ?? tlsCert ?? tlsKey ?? issuerCert ?? issuerKey) !== undefined;
  return ca?.origin === 'default' && (isGiven || !isTls) ? { ...values, ca: undefined } : values;
}

/**
 * With `--ca`, makes a CA and the coordinator's certificate where they are not there yet, and the certificate again when the
 * names change that agents dial.
 * @throws ParbakeError USAGE, OPENSSL_FAILED
 */
export async function tlsPathsOf(values: Values): Promise<TlsPaths> {
  const { ca: directory, tlsCa: ca, tlsCert: certificate, tlsKey: key } = values;
  if (directory === undefined) {
    if (values.host.length > 0) throw new ParbakeError('USAGE', '--host is for --ca');
    return { ca, certificate, key };
  }
  if ((ca ?? certificate ?? key ?? values.issuerCert ?? values.issuerKey) !== undefined)
    throw new ParbakeError('USAGE', '--ca has all certificates: leave out the --tls and --issuer options');
  const file = (name: string): string => join(directory, name);
  const server = { name: 'server', holder: 'server', days: 3650 } as const;
  const hosts = hostsOf(values);
  if (!existsSync(file('ca.pem')) && !existsSync(file('server.pem'))) {
    if (hosts === undefined)
      throw new ParbakeError('USAGE', '--ca needs --host, the name or address that agents dial');
    await makeAuthority(directory, [
      { ...server, hosts },
      { name: 'operator', holder: 'operator', hosts: [], days: 3650 },
    ]);
  } else if (hosts !== undefined) {
    const certificate = certificateIn('server.pem', await readRequired(file('server.pem')));
    // Where it listens is one of its names. Somebody may have given it more.
    const wanted =
      values.host.length > 0
        ? hosts
        : [...namesOf(certificate), ...hosts.filter((host) => !isNamed(certificate, host))];
    if (!isFor(certificate, wanted)) await reissueCertificate(directory, { ...server, hosts: wanted });
  }
  return { ca: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') };
}

/** Whether a certificate is valid for exactly these names and addresses, and for a month to come. */
function isFor(certificate: X509Certificate, hosts: readonly string[]): boolean {
  const isLasting = certificate.validToDate.getTime() > Date.now() + 30 * 86_400_000;
  return (
    isLasting &&
    namesOf(certificate).length === hosts.length &&
    hosts.every((host) => isNamed(certificate, host))
  );
}

function isNamed(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

/** The names and addresses that a certificate is valid for. */
export function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

/** What the coordinator is dialled by: where it listens, unless that is every address. @returns undefined when nothing says so */
function hostsOf({ host, tlsListen, attestListen }: Values): string[] | undefined {
  const listening = [...tlsListen, ...attestListen].map((address) =>
    address.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
  );
  const hosts = [...new Set([...host, ...(host.length > 0 ? [] : listening)])];
  if (hosts.length === 0 || hosts.some((one) => one === '0.0.0.0' || one === '::')) return undefined;
  return hosts.map(checkHost);
}

/**
 * @returns undefined when instances get no certificates from this coordinator
 * @throws ParbakeError USAGE, TLS_INVALID, FILE_UNREADABLE
 */
export async function readTrustOptions(
  values: Values,
  issuer: Issuer | undefined,
): Promise<TrustOptions | undefined> {
  const { attestListen, attestPolicy, attestNone, joinTokenFile } = values;
  if (attestListen.length === 0) {
    if ((attestPolicy ?? joinTokenFile) !== undefined || attestNone)
      throw new ParbakeError('USAGE', 'the options of attestation are for --attest-listen: give an address');
    return undefined;
  }
  if (issuer === undefined)
    throw new ParbakeError('USAGE', '--attest-listen needs --ca, or --issuer-cert and --issuer-key');
  const open = attestNone ? attestListen.find((address) => !isLocal(address)) : undefined;
  if (open !== undefined)
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      `--attest-none is for loopback addresses, and ${open} is not one`,
    );
  return {
    issuer,
    lifetime: agentLifetimeOf(values),
    aws: attestPolicy === undefined ? undefined : await readAws(attestPolicy, values.region),
    isNoneAllowed: attestNone,
    joinTokenFile,
  };
}

/** Milliseconds that an agent's certificate is valid. */
export function agentLifetimeOf({ certificateTtl }: Pick<Values, 'certificateTtl'>): number {
  return certificateTtl ?? usualLifetime;
}

async function readAws(path: string, region: string | undefined): Promise<TrustOptions['aws']> {
  const { readPolicy } = await import('../trust/policy.ts');
  const policy = readPolicy((await readRequired(path)).toString(), path);
  if (region === undefined && policy.rules.some(({ tags }) => tags !== undefined))
    throw new ParbakeError(
      'USAGE',
      `${path} has a rule with tags, which needs --region: EC2 is asked for them`,
    );
  const certificates = [...policy.certificateFiles].map(
    async ([name, file]): Promise<[string, X509Certificate]> => {
      const pem = await readRequired(resolve(dirname(path), file));
      try {
        return [name, new X509Certificate(pem)];
      } catch (cause) {
        throw new ParbakeError('TLS_INVALID', `${file} of the region ${name} holds no certificate in PEM`, {
          cause,
        });
      }
    },
  );
  return { policy, certificates: new Map(await Promise.all(certificates)) };
}
