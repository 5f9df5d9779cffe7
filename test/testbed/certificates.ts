import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coordinatorName } from '../../proto/wire/server-identity.ts';

/** Files of one certificate. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** Certificates signed by one CA. */
export interface Certificates {
  ca: string;
  caKey: string;
  server: CertificateFiles;
  /** Shared by instances of one image: it names none of them. */
  agent: CertificateFiles;
  /** One for a principal, such as `agent/i-1` or `operator/alice`. */
  issue(principal: string): CertificateFiles;
}

/** What a test can have wrong with a certificate. */
export interface Issued {
  /** Extended key usages; empty for none. */
  usage?: string;
  /** Subject alternative names; empty for none. */
  names?: string;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A CA in a directory of its own. */
export class TestAuthority {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    if (existsSync(this.ca)) return;
    const output = ['-keyout', this.caKey, '-out', this.ca];
    openssl('req', '-x509', ...curve, '-days', '1', '-subj', '/CN=testbed', ...output);
  }

  get caKey(): string {
    return this.#path('ca.key');
  }

  get ca(): string {
    return this.#path('ca.pem');
  }

  /** @param name of its files. Made once for each name. */
  issue(name: string, { usage = 'clientAuth', names = '' }: Issued): CertificateFiles {
    const files = { certificate: this.#path(`${name}.pem`), key: this.#path(`${name}.key`) };
    if (existsSync(files.certificate)) return files;
    const [request, extensions] = [this.#path(`${name}.csr`), this.#path(`${name}.ext`)];
    const lines = [
      ...(usage === '' ? [] : [`extendedKeyUsage=${usage}`]),
      ...(names === '' ? [] : [`subjectAltName=${names}`]),
    ];
    writeFileSync(extensions, `${['basicConstraints=CA:FALSE', ...lines].join('\n')}\n`);
    openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', files.key, '-out', request);
    const authority = ['-CA', this.ca, '-CAkey', this.caKey, '-CAcreateserial'];
    const signing = [...authority, '-extfile', extensions];
    openssl('x509', '-req', '-days', '1', '-in', request, ...signing, '-out', files.certificate);
    return files;
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }
}

/** @param directory where they are, or are made */
export function makeCertificates(directory: string): Certificates {
  const authority = new TestAuthority(directory);
  return {
    ca: authority.ca,
    caKey: authority.caKey,
    server: authority.issue('server', { usage: 'serverAuth', names: `DNS:${coordinatorName}` }),
    agent: authority.issue('agent', { names: 'URI:spiffe://parbake/agent' }),
    issue: (principal) =>
      authority.issue(principal.replaceAll('/', '-'), { names: `URI:spiffe://parbake/${principal}` }),
  };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
