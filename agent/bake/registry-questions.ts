import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRef } from '../../proto/recipe/image-ref.ts';
import type { EngineFacts } from '../docker/engine.ts';
import type { Root } from '../host/root.ts';
import { registryReader, type RegistryReader } from '../registry/client.ts';
import { readRegistryImage } from '../registry/image.ts';
import { isInsecure } from '../registry/insecure.ts';
import { checkSignature } from '../registry/signature.ts';
import type { RegistryLogins } from '../images/logins.ts';
import type { RegistryQuestions } from './targets.ts';

/**
 * Asks registries as the Engine would: with its certificate authorities, without TLS only where it may do without, and
 * with the same logins.
 */
export function registryQuestions(
  logins: RegistryLogins,
  env: Readonly<Record<string, string | undefined>>,
): (root: Root, facts: EngineFacts) => RegistryQuestions {
  return (root, facts) => {
    const readerOf = async ({ domain, path }: ImageRef, signal: AbortSignal): Promise<RegistryReader> =>
      registryReader({
        domain,
        path,
        login: await logins.find(domain),
        insecure: isInsecure(domain, facts.insecureRegistries),
        ca: await authoritiesOf(root, domain),
        env: { ...facts.proxies, ...env },
        signal,
      });
    return {
      describe: async ({ ref, image }, digest, platform, signal) =>
        await readRegistryImage(await readerOf(image, signal), ref, digest, platform),
      checkSignature: async ({ ref, image }, digest, key, signal) =>
        await checkSignature(await readerOf(image, signal), ref, digest, key, signal),
    };
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
