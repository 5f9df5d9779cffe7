import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { defaultTrustDomain } from './principal.ts';

/** Who shows a certificate: the coordinator to its clients, or one of them to the coordinator. */
export const holders = ['server', 'agent', 'client', 'reader', 'operator'] as const;
export type Holder = (typeof holders)[number];

export interface Certificate {
  /** File name without its ending. */
  name: string;
  holder: Holder;
  /** Names no instance: the certificate that agents share. */
  isShared?: boolean;
  /** DNS names and IP addresses that it is valid for. */
  hosts: readonly string[];
  days: number;
}

/** Ten years: whoever tries Parbake should not meet an expired CA. */
const authorityDays = 3650;
/** Milliseconds for one call of openssl, which makes a key within a few of them. */
const deadline = 30_000;
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const authority = `[req]
distinguished_name = name
prompt = no
x509_extensions = ca
[name]
CN = Parbake CA
[ca]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
`;

/**
 * Makes `ca.pem`, `ca.key` and certificates in `directory`.
 * @returns the files. @throws ParbakeError USAGE when one of them exists, OPENSSL_FAILED
 */
export async function makeAuthority(
  directory: string,
  certificates: readonly Certificate[],
): Promise<string[]> {
  return await addFiles(directory, ['ca', ...certificates.map(({ name }) => name)], async (work) => {
    await writeFile(join(work, 'ca.cnf'), authority);
    const days = ['-days', String(authorityDays)];
    await openssl(work, ['req', '-x509', '-config', 'ca.cnf', ...newKey, ...days, ...outputs('ca')]);
    for (const certificate of certificates) await issue(work, work, certificate);
  });
}

/**
 * Makes a certificate signed by the authority in `directory`.
 * @returns the files. @throws ParbakeError USAGE when one of them exists or there is no authority, OPENSSL_FAILED
 */
export async function issueCertificate(directory: string, certificate: Certificate): Promise<string[]> {
  for (const file of ['ca.pem', 'ca.key'])
    if (!existsSync(join(directory, file)))
      throw new ParbakeError('USAGE', `there is no ${join(directory, file)}: make a CA with "ca init" first`);
  return await addFiles(directory, [certificate.name], (work) =>
    issue(work, resolve(directory), certificate),
  );
}

/**
 * Makes a certificate again, for the key that it has, so that there is never one without its key.
 * @throws ParbakeError FILE_UNREADABLE, OPENSSL_FAILED
 */
export async function reissueCertificate(directory: string, certificate: Certificate): Promise<void> {
  const { name } = certificate;
  await inWorkDirectory(directory, async (work) => {
    await copyFile(join(directory, `${name}.key`), join(work, `${name}.key`));
    await issue(work, resolve(directory), certificate);
    await chmod(join(work, `${name}.pem`), 0o644);
    await rename(join(work, `${name}.pem`), join(directory, `${name}.pem`));
  });
}

/** @throws ParbakeError USAGE */
export function checkHost(host: string): string {
  const isName = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host);
  if (isIP(host) === 0 && !(isName && host.length <= 253))
    throw new ParbakeError('USAGE', `--host takes a DNS name or an IP address, not "${host}"`);
  return host;
}

async function issue(work: string, signer: string, certificate: Certificate): Promise<void> {
  const { name, holder, isShared = false, hosts, days } = certificate;
  const usage = holder === 'server' ? 'serverAuth' : 'clientAuth';
  const uri = `URI:spiffe://${defaultTrustDomain}/${holder}${isShared ? '' : `/${name}`}`;
  const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`);
  const extensions = [
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    `extendedKeyUsage = ${usage}`,
    `subjectAltName = ${[...(holder === 'server' ? [] : [uri]), ...names].join(',')}`,
  ];
  await writeFile(join(work, `${name}.ext`), `${extensions.join('\n')}\n`);
  await writeFile(
    join(work, `${name}.cnf`),
    `[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = ${name}\n`,
  );
  const key = existsSync(join(work, `${name}.key`))
    ? ['-new', '-key', `${name}.key`]
    : [...newKey, '-keyout', `${name}.key`];
  await openssl(work, ['req', '-config', `${name}.cnf`, ...key, '-out', `${name}.csr`]);
  const signing = ['-CA', join(signer, 'ca.pem'), '-CAkey', join(signer, 'ca.key')];
  // Without it openssl keeps a file with the last number.
  const serial = ['-set_serial', `0x${randomBytes(16).toString('hex')}`];
  await openssl(work, [
    ...['x509', '-req', '-in', `${name}.csr`, ...signing, ...serial, '-days', String(days)],
    ...['-extfile', `${name}.ext`, '-out', `${name}.pem`],
  ]);
}

/** Makes files in a directory of their own, then puts them into place: all of them or, when one exists, none. */
async function addFiles(
  directory: string,
  names: readonly string[],
  make: (work: string) => Promise<void>,
): Promise<string[]> {
  const files = names.flatMap((name) => [`${name}.pem`, `${name}.key`]);
  const existing = files.find((file) => existsSync(join(directory, file)));
  if (existing !== undefined)
    throw new ParbakeError('USAGE', `${join(directory, existing)} exists; nothing was written`);
  await inWorkDirectory(directory, async (work) => {
    await make(work);
    for (const file of files) {
      await chmod(join(work, file), file.endsWith('.key') ? 0o600 : 0o644);
      await copyFile(join(work, file), join(directory, file), constants.COPYFILE_EXCL);
    }
  });
  return files.map((file) => join(directory, file));
}

/** @throws ParbakeError FILE_UNREADABLE, and as `make` does */
async function inWorkDirectory(directory: string, make: (work: string) => Promise<void>): Promise<void> {
  let work: string | undefined;
  try {
    await mkdir(directory, { recursive: true });
    // openssl runs in it, so its own path must not be relative.
    work = await mkdtemp(join(resolve(directory), '.making-'));
    await make(work);
  } catch (cause) {
    if (cause instanceof ParbakeError) throw cause;
    throw new ParbakeError('FILE_UNREADABLE', `cannot write to ${directory}: ${reasonOf(cause)}`, { cause });
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}

function outputs(name: string): string[] {
  return ['-keyout', `${name}.key`, '-out', `${name}.pem`];
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', args, { cwd, timeout: deadline });
  } catch (cause) {
    const reason =
      codeOf(cause) === 'ENOENT'
        ? 'there is no program openssl'
        : reasonOf(cause).trim().replaceAll('\n', '; ');
    throw new ParbakeError('OPENSSL_FAILED', `cannot make a certificate: ${reason}`, { cause });
  }
}
