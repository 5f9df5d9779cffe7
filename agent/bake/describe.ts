import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineFacts } from '../docker/engine.ts';
import type { Root } from '../host/root.ts';
import { registryReader } from '../registry/client.ts';
import { readRegistryImage } from '../registry/image.ts';
import { isInsecure } from '../registry/insecure.ts';
import type { RegistryLogins } from './logins.ts';
import type { TargetRequest } from './targets.ts';

/**
 * Asks registries as the Engine would: with its certificate authorities, without TLS only where it may do without, and
 * with the same logins.
 */
export function describer(
  logins: RegistryLogins,
  env: Readonly<Record<string, string | undefined>>,
): (root: Root, facts: EngineFacts) => TargetRequest['describe'] {
  return (root, facts) =>
    async ({ ref, image }, digest, platform, signal) => {
      const { domain, path } = image;
      const reader = registryReader({
        domain,
        path,
        login: await logins.find(domain),
        insecure: isInsecure(domain, facts.insecureRegistries),
        ca: await authoritiesOf(root, domain),
        env: { ...facts.proxies, ...env },
        signal,
      });
      return await readRegistryImage(reader, ref, digest, platform);
    };
}

/** Where Docker looks for a registry's own authorities. */
async function authoritiesOf(root: Root, domain: string): Promise<string[]> {
  const folder = root.path(join('/etc/docker/certs.d', domain));
  const names = await readdir(folder).catch(() => []);
  return await Promise.all(
    names.filter((name) => name.endsWith('.crt')).map((name) => readFile(join(folder, name), 'utf8')),
  );
}
