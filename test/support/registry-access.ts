import type { Login } from '../../agent/core/image/registry-logins.ts';
import type { RegistryAccess } from '../../agent/registry/client.ts';

/** How a test reaches a registry of its own: directly, with retries that do not wait. */
export function registryAccess(domain: string, access: Partial<RegistryAccess> = {}): RegistryAccess {
  return {
    domain,
    path: 'acme/app',
    login: noLogin,
    insecure: true,
    mirrors: [],
    tls: {},
    proxyFor: () => undefined,
    random: () => 0,
    signal: new AbortController().signal,
    ...access,
  };
}

async function noLogin(): Promise<Login | undefined> {
  return undefined;
}
