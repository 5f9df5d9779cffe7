import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';

/** Runs openssl in a directory; its own words are the error. */
export async function openssl(directory: string, ...args: string[]): Promise<void> {
  const given = args.map((argument) => (argument.startsWith('./') ? join(directory, argument) : argument));
  await command('openssl', given);
}

/** A region's signer, as EC2 has them: self-signed, RSA, and not a CA of anything. Makes NAME.pem and NAME.key. */
export async function makeRegionSigner(directory: string, name: string, ...more: string[]): Promise<Buffer> {
  await openssl(
    directory,
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/C=US/O=Cloud'],
    ...['-keyout', `./${name}.key`, '-out', `./${name}.pem`, ...more],
  );
  return readFileSync(join(directory, `${name}.pem`));
}

export interface DocumentFields {
  accountId: string;
  architecture: string;
  imageId: string;
  instanceId: string;
  instanceType: string;
  pendingTime: string;
  privateIp: string;
  region: string;
}

/** EC2's identity document, before it is signed. */
export function identityDocument(more: Partial<DocumentFields> = {}): string {
  return JSON.stringify(
    {
      accountId: '123456789012',
      architecture: 'x86_64',
      availabilityZone: 'eu-central-1a',
      imageId: 'ami-0123456789abcdef0',
      instanceId: 'i-0123456789abcdef0',
      instanceType: 'm7i.large',
      pendingTime: '2026-11-30T10:00:00Z',
      privateIp: '10.0.0.7',
      region: 'eu-central-1',
      version: '2017-09-30',
      ...more,
    },
    null,
    2,
  );
}

/**
 * Signs a document as the metadata service's `rsa2048` does: CMS with the content inside and no certificate.
 * @param more options of `openssl cms -sign` in place of `-nocerts`
 */
export async function signDocument(
  directory: string,
  signer: string,
  document: string,
  more: readonly string[] = ['-nocerts'],
): Promise<Buffer> {
  writeFileSync(join(directory, 'document'), document);
  await openssl(
    directory,
    ...['cms', '-sign', '-binary', '-nodetach', '-md', 'sha256', '-outform', 'DER'],
    ...['-signer', `./${signer}.pem`, '-inkey', `./${signer}.key`, '-in', './document', '-out', './signed'],
    ...more,
  );
  return readFileSync(join(directory, 'signed'));
}
