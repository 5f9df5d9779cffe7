import type { ImageRef } from '../../proto/recipe/image-ref.ts';
import type { EngineFacts } from '../docker/engine.ts';
import type { Root } from '../host/root.ts';
import type { RegistryLogins } from '../images/logins.ts';
import { registryReader, type RegistryReader } from '../registry/client.ts';
import { readRegistryImage } from '../registry/image.ts';
import { isInsecure } from '../registry/insecure.ts';
import { proxyFor, type ProxySettings } from '../../proto/process/proxy.ts';
import { checkSignature } from '../registry/signature.ts';
import { readTrust } from '../registry/trust.ts';
import type { RegistryQuestions } from './targets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asks registries as the Engine would; docs/registries.md lists what is the same and what is not.
 * @param env has the proxies' passwords, which the Engine does not tell
 * @param random from 0 to 1
 */
export function registryQuestions(
  logins: RegistryLogins,
  env: Environment,
  random: () => number,
): (root: Root, facts: EngineFacts) => RegistryQuestions {
  return (root, facts) => {
    const proxies = proxySettings(facts.proxies, env);
    const readerOf = async ({ domain, path }: ImageRef, signal: AbortSignal): Promise<RegistryReader> => {
      const insecure = await isInsecure(domain, facts.insecureRegistries);
      return registryReader({
        domain,
        path,
        login: async (fresh) => await logins.find(domain, fresh),
        insecure,
        mirrors: facts.mirrors,
        tls: { ...(await readTrust(root, domain)), rejectUnauthorized: !insecure },
        proxyFor: (url) => proxyFor(url, proxies),
        random,
        signal,
      });
    };
    return {
      describe: async ({ ref, image }, digest, platform, signal) =>
        await readRegistryImage(await readerOf(image, signal), ref, digest, platform),
      checkSignature: async ({ ref, image }, digest, key, signal) =>
        await checkSignature(await readerOf(image, signal), ref, digest, key, signal),
    };
  };
}

/** The Engine's own, with the password from this program's environment where the Engine hides it. */
function proxySettings(proxies: EngineFacts['proxies'], env: Environment): ProxySettings {
  const read = (name: string): string => {
    const value = proxies[name] ?? '';
    return value.includes('xxxxx:xxxxx@') ? (env[name] ?? env[name.toLowerCase()] ?? '') : value;
  };
  return { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY'), no: read('NO_PROXY') };
}
