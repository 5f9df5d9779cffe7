import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Root } from '../host/root.ts';

/** TLS options for one registry, in PEM. */
export interface RegistryTrust {
  ca: string[];
  /** Client certificates, and the key of each at the same place. */
  cert: string[];
  key: string[];
}

/**
 * Reads whom the Engine trusts for a registry, and how it identifies itself: the system's authorities, and in
 * `/etc/docker/certs.d/DOMAIN` more of them (`*.crt`) and client certificates (`*.cert` with `*.key`).
 * See https://docs.docker.com/engine/security/certificates/.
 * @throws ParbakeError REGISTRY_TRUST_INVALID
 */
export async function readTrust(root: Root, domain: string): Promise<RegistryTrust> {
  const folder = root.path(join('/etc/docker/certs.d', domain));
  const names = (await readdir(folder).catch(() => [])).toSorted((a, b) => a.localeCompare(b));
  const read = async (name: string): Promise<string> =>
    await readFile(join(folder, name), 'utf8').catch((cause: unknown) => {
      throw new ParbakeError(
        'REGISTRY_TRUST_INVALID',
        `cannot read ${join(folder, name)}: ${reasonOf(cause)}`,
        {
          cause,
        },
      );
    });
  const certificates = names.filter((name) => name.endsWith('.cert'));
  const keyOf = (name: string): string => name.replace(/\.cert$/, '.key');
  const alone =
    certificates.find((name) => !names.includes(keyOf(name))) ??
    names.find((name) => name.endsWith('.key') && !names.includes(name.replace(/\.key$/, '.cert')));
  if (alone !== undefined)
    throw new ParbakeError(
      'REGISTRY_TRUST_INVALID',
      `${join(folder, alone)} has no ${alone.endsWith('.key') ? 'certificate (*.cert)' : 'key (*.key)'} beside it; certificate authorities end in .crt`,
    );
  const authorities = await Promise.all(names.filter((name) => name.endsWith('.crt')).map(read));
  return {
    ca: [...systemAuthorities(), ...authorities],
    cert: await Promise.all(certificates.map(read)),
    key: await Promise.all(certificates.map((name) => read(keyOf(name)))),
  };
}

/** Node's own list serves only where the machine has none. */
function systemAuthorities(): string[] {
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}
